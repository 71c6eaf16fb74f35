// The behaviour of a report: which runs are shown, charts, tables, pictures.
// Everything shown stands in the page already; nothing is fetched.
(() => {
"use strict";

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const trials = JSON.parse($("#trials").textContent);
const hidden = new Set(); // indices of trials
const charts = new Map(); // figure element -> its chart
let printing = null, runs = null;

// --- numbers: short ones for axes, and for tips as format.go writes them ---

const number = v => {
  if (!Number.isFinite(v)) return "–";
  const a = Math.abs(v);
  const text = Number.isInteger(v) ? String(v) : a < 1e-4 || a >= 1e7 ? v.toExponential(3) : String(Number(v.toPrecision(4)));
  return text.replace("-", "−");
};
const percent = v => Number.isFinite(v) ? Number((v * 100).toPrecision(4)) + "%" : "–";

// phi is the standard normal distribution function; Abramowitz and Stegun
// 26.2.17, whose error of 7.5e-8 no label shows.
const phi = x => {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const tail = Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI) *
    t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return x < 0 ? tail : 1 - tail;
};
const exact = scale => ({
  percent: v => (v * 100).toFixed(2) + "%",
  probit: v => (phi(v) * 100).toFixed(2) + "%",
  label: v => scale.labels[Math.round(v)] ?? "",
})[scale.format] ?? (v => Number.isInteger(v) ? String(v) : Math.abs(v) < 1e-3 ? number(v) : v.toPrecision(4));
const formatter = scale => ({
  percent,
  probit: v => Number((phi(v) * 100).toPrecision(2)) + "%",
  label: v => scale.labels[Math.round(v)] ?? "",
})[scale.format] ?? number;

// --- charts ----------------------------------------------------------------

const shown = of => of.length === 0 || of.some(i => !hidden.has(i));
const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function paint(axis, scale) {
  const quiet = css("--muted"), rule = css("--rule");
  axis.nameTextStyle = { color: quiet };
  axis.axisLabel = { ...axis.axisLabel, color: quiet, formatter: formatter(scale), hideOverlap: scale.format !== "label", rotate: scale.format === "label" && innerWidth < 480 ? 35 : 0 };
  axis.axisLine = { show: true, onZero: false, lineStyle: { color: rule } };
  axis.axisTick = { ...axis.axisTick, lineStyle: { color: rule } };
  axis.splitLine = { show: scale.format !== "label", lineStyle: { color: css("--grid") } };
  axis.minorSplitLine = { show: false };
}

// at is the height of a line at x, between the points it is drawn through.
function at(points, x) {
  let low = 0, high = points.length - 1;
  if (high < 0 || x < points[0][0] || x > points[high][0]) return null;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (points[middle][0] <= x) low = middle; else high = middle;
  }
  const [x0, y0] = points[low], [x1, y1] = points[high];
  return x1 === x0 ? y1 : y0 + (y1 - y0) * (x - x0) / (x1 - x0);
}

const element = (name, text, parent) => {
  const e = document.createElement(name);
  if (text !== undefined) e.textContent = text;
  parent?.append(e);
  return e;
};

function tip(heading, entries) {
  const box = element("div");
  box.className = "tip";
  element("b", heading, box);
  const most = 14;
  for (const e of entries.slice(0, most)) {
    const line = element("div", undefined, box);
    element("i", undefined, line).style.background = e.color;
    element("span", e.name, line);
    element("span", e.value, line);
  }
  if (entries.length > most) element("div", `and ${entries.length - most} more`, box);
  return box;
}

const nameOf = (of, role) => {
  const t = trials[of[0]];
  const what = of.length > 1 ? t.title.replace(/( · )?seed \d+$/, "") : `${t.label} ${t.title}`;
  return role ? `${what}, ${role}` : what;
};

function tooltip(variant, series, of) {
  const formatX = exact(variant.x), formatY = exact(variant.y);
  const look = {
    confine: true, backgroundColor: css("--page"), borderColor: css("--rule"), textStyle: { color: css("--ink") },
  };
  if (variant.item) {
    return { ...look, trigger: "item", formatter: p => tip(formatX(p.value[0]), [
      { name: nameOf(of[p.seriesIndex], series[p.seriesIndex].name), value: formatY(p.value[1]), color: p.color }]) };
  }
  return { ...look, trigger: "axis", axisPointer: { type: "line", triggerEmphasis: false, lineStyle: { color: css("--muted") } },
    formatter: params => {
      const x = params[0].axisValue;
      const entries = [];
      series.forEach((s, i) => {
        if (s.type !== "line" || of[i].length === 0) return;
        const y = at(s.data, x);
        if (y != null) entries.push({ name: nameOf(of[i], s.name), value: formatY(y), y, color: s.color });
      });
      entries.sort((a, b) => b.y - a.y);
      return tip(`${variant.option.xAxis[0]?.name ?? variant.option.xAxis.name} ${formatX(x)}`, entries);
    } };
}

// ribbon is the band between the lowest and the highest of replicates.
function ribbon(band, color) {
  return { type: "custom", silent: true, z: 1, data: [[band[0][0], band[0][1]]], color, renderItem: (_, api) => ({
    type: "polygon", shape: { points: [
      ...band.map(([x, low]) => api.coord([x, low])), ...band.toReversed().map(([x, , high]) => api.coord([x, high])),
    ] }, style: { fill: color, opacity: 0.16 },
  }), clip: true };
}

// whiskers are the intervals of dots.
function whiskers(spans, color) {
  return { type: "custom", silent: true, z: 1, data: spans.map(s => [s[0], s[1]]), color, renderItem: (params, api) => {
    const [x, low, high] = spans[params.dataIndex], a = api.coord([x, low]), b = api.coord([x, high]);
    return { type: "line", shape: { x1: a[0], y1: a[1], x2: b[0], y2: b[1] }, style: { stroke: color, lineWidth: 2, opacity: 0.55 } };
  }, clip: true };
}

function draw(figure) {
  const state = charts.get(figure);
  const variant = state.variants[state.current];
  const option = structuredClone(variant.option);
  const keep = variant.trials.map(shown);
  const extra = [];
  (option.series ?? []).forEach((s, i) => {
    if (!keep[i]) return;
    if (variant.bands?.[i]) extra.push({ series: ribbon(variant.bands[i], s.color), of: variant.trials[i] });
    if (variant.spans?.[i]) extra.push({ series: whiskers(variant.spans[i], s.color), of: variant.trials[i] });
  });
  option.series = (option.series ?? []).filter((_, i) => keep[i]);
  state.of = variant.trials.filter((_, i) => keep[i]);
  state.stale = false;
  if (option.series.length === 0) { // ECharts cannot lay out a logarithmic axis without data
    state.chart.clear();
    return;
  }
  for (const s of option.series) {
    s.emphasis = { focus: "series", lineStyle: { width: (s.lineStyle?.width ?? 2) + 1 } };
    s.blur = { lineStyle: { opacity: 0.15 }, itemStyle: { opacity: 0.15 } };
  }
  option.series.push(...extra.map(e => e.series));
  state.of = [...state.of, ...extra.map(e => e.of)];
  [].concat(option.xAxis).forEach(axis => paint(axis, variant.x));
  [].concat(option.yAxis).forEach(axis => paint(axis, variant.y));
  option.textStyle = { fontFamily: getComputedStyle(document.body).fontFamily };
  option.tooltip = tooltip(variant, option.series, state.of);
  state.chart.setOption(option, { notMerge: true });
}

function start(figure) {
  if (charts.has(figure)) return;
  const box = $(".chart", figure);
  const variants = JSON.parse($("script", figure).textContent);
  charts.set(figure, { variants, current: 0, of: [], stale: false, chart: echarts.init(box, null, { renderer: "svg" }) });
  draw(figure);
  new ResizeObserver(() => { if (!printing) charts.get(figure).chart.resize(); }).observe(box);
}

// A chart is drawn when it comes near, and again when it comes near after a
// change: a page of fifty runs opens at once and answers at once.
const figures = $$("figure.plot");
const near = new Set();
const approach = new IntersectionObserver(seen => {
  for (const { isIntersecting, target } of seen) {
    if (!isIntersecting) near.delete(target);
    else {
      near.add(target);
      if (!charts.has(target)) start(target);
      else if (charts.get(target).stale) draw(target);
    }
  }
}, { rootMargin: "400px" });
figures.forEach(f => approach.observe(f));

function redraw() {
  charts.forEach((state, figure) => {
    if (near.has(figure)) draw(figure); else state.stale = true;
  });
}

for (const figure of figures) {
  const choose = i => {
    start(figure);
    charts.get(figure).current = i;
    draw(figure);
  };
  $(".choose", figure)?.addEventListener("change", event => choose(Number(event.target.value)));
  for (const button of $$("[data-variant]", figure)) {
    button.addEventListener("click", () => {
      $$("[data-variant]", figure).forEach(b => b.setAttribute("aria-pressed", b === button));
      choose(Number(button.dataset.variant));
    });
  }
  $(".save", figure).addEventListener("click", () => {
    start(figure);
    save(`${figure.id}.svg`, "image/svg+xml", charts.get(figure).chart.renderToSVGString());
  });
}

function save(name, type, text) {
  const link = element("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// --- which runs are shown ----------------------------------------------------

function show(visible) {
  hidden.clear();
  trials.forEach((_, i) => { if (!visible(i)) hidden.add(i); });
  $$("input[data-trial]").forEach(box => { box.checked = !hidden.has(Number(box.dataset.trial)); });
  for (const box of $$("input[data-group]")) {
    const members = trials.map((t, i) => i).filter(i => trials[i].group === Number(box.dataset.group));
    const on = members.filter(i => !hidden.has(i)).length;
    box.checked = on === members.length;
    box.indeterminate = on > 0 && on < members.length;
  }
  $$("#run-table tbody tr").forEach(row => row.classList.toggle("off", hidden.has(Number(row.dataset.trial))));
  $$("[data-trials]").forEach(e => { e.hidden = !shown(e.dataset.trials.trim().split(" ").map(Number)); });
  $("#hidden-runs").textContent = hidden.size === 0 ? "" : [...hidden].map(i =>
    `.only-run.run-${i},#all-metrics tr>:nth-child(${i + 2})`).join(",") + "{display:none}";
  redraw();
  runs?.write();
}

document.addEventListener("change", event => {
  const box = event.target;
  if (box.dataset.trial !== undefined) {
    const i = Number(box.dataset.trial);
    show(k => k === i ? box.checked : !hidden.has(k));
  } else if (box.dataset.group !== undefined) {
    show(k => trials[k].group === Number(box.dataset.group) ? box.checked : !hidden.has(k));
  }
});
document.addEventListener("click", event => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.show) show(() => button.dataset.show === "all");
  if (button.dataset.only !== undefined) show(i => i === Number(button.dataset.only));
});

if (trials.some(t => t.off)) show(i => !trials[i].off);
runs = whorlTable({ $, $$, element, save, show, hidden, trials });
window.whorl = { runs, query: whorlQuery }; // for the console

// A run under the pointer stands out in every chart.
function highlight(trial, on) {
  charts.forEach(({ chart, of }) => {
    const seriesIndex = of.flatMap((o, i) => o.includes(trial) ? [i] : []);
    if (seriesIndex.length) chart.dispatchAction({ type: on ? "highlight" : "downplay", seriesIndex });
  });
}
for (const box of [$("#side"), $("#run-table")]) {
  const over = on => event => {
    const row = event.target.closest(".run[data-trial], tr[data-trial]");
    if (row && !row.contains(event.relatedTarget)) highlight(Number(row.dataset.trial), on);
  };
  box.addEventListener("mouseover", over(true));
  box.addEventListener("mouseout", over(false));
}

// --- tables --------------------------------------------------------------------

$("#metric-filter")?.addEventListener("input", event => {
  const words = event.target.value.toLowerCase().split(/\s+/);
  for (const row of $$("#all-metrics tbody tr")) {
    row.hidden = !words.every(w => row.cells[0].textContent.toLowerCase().includes(w));
  }
});

// What scrolls fades out where it is cut off.
const markCut = box => {
  box.classList.toggle("cut-right", box.scrollWidth - box.clientWidth - box.scrollLeft > 1);
  box.classList.toggle("cut-below", box.scrollHeight - box.clientHeight - box.scrollTop > 1);
};
const scrolling = ".scroll, .podium ol, .plain-scroll";
const resized = new ResizeObserver(seen => seen.forEach(({ target }) => markCut(target.closest(scrolling))));
for (const box of $$(scrolling)) {
  box.addEventListener("scroll", () => markCut(box), { passive: true });
  resized.observe(box);
  resized.observe(box.firstElementChild);
}

// --- pictures, theme, print, contents --------------------------------------------

for (const button of $$(".zoom")) {
  button.addEventListener("click", () => {
    const from = $("img", button), to = $("#zoom img");
    to.src = from.src;
    to.alt = from.alt;
    $("#zoom").showModal();
  });
}
$("#zoom").addEventListener("click", event => { if (event.target.id === "zoom") event.target.close(); });

const dark = matchMedia("(prefers-color-scheme: dark)");
const root = document.documentElement;
dark.addEventListener("change", redraw);
$("#theme").addEventListener("click", () => {
  const other = dark.matches ? "light" : "dark";
  if (root.dataset.theme === other) delete root.dataset.theme; else root.dataset.theme = other;
  redraw();
});
$("#print").addEventListener("click", () => print());
$("#menu").addEventListener("click", event => {
  const open = $("#side").classList.toggle("open");
  event.target.setAttribute("aria-expanded", open);
});

// Paper is light, has no folds, and is narrower than the screen.
addEventListener("beforeprint", () => {
  printing = { theme: root.dataset.theme, closed: $$("details:not([open])") }; // what to go back to
  root.dataset.theme = "light";
  printing.closed.forEach(d => { if (d.id !== "all-metrics") d.open = true; });
  figures.forEach(start);
  figures.forEach(draw);
  charts.forEach(({ chart }) => {
    chart.dispatchAction({ type: "downplay" });
    chart.resize({ width: 560, height: 350 });
    chart.getZr().refreshImmediately(); // paper does not wait for the next frame
    $("svg", chart.getDom()).setAttribute("viewBox", "0 0 560 350"); // which the style sheet fits to the paper
  });
});
addEventListener("afterprint", () => {
  if (printing.theme) root.dataset.theme = printing.theme; else delete root.dataset.theme;
  printing.closed.forEach(d => { d.open = false; });
  printing = null;
  charts.forEach(({ chart }) => {
    $("svg", chart.getDom()).removeAttribute("viewBox");
    chart.resize({ width: "auto", height: "auto" });
  });
  redraw();
});

// The section being read is the last that begins in the upper part of the
// window; at the end of the page it is the last one.
// The state of the table stays in the address: contents only scroll.
for (const link of $$("nav a")) {
  link.addEventListener("click", event => {
    if (!location.hash.includes("=")) return;
    event.preventDefault();
    $(link.getAttribute("href")).scrollIntoView();
  });
}
const links = $$("nav a"), sections = links.map(a => $(a.getAttribute("href")));
function markSection() {
  let at = sections.findLastIndex(s => s.getBoundingClientRect().top < innerHeight / 4);
  if (scrollY > 0 && scrollY + innerHeight >= root.scrollHeight - 2) at = sections.length - 1;
  links.forEach((a, i) => i === Math.max(at, 0) ? a.setAttribute("aria-current", "true") : a.removeAttribute("aria-current"));
}
addEventListener("scroll", () => requestAnimationFrame(markSection), { passive: true });
markSection();
})();
