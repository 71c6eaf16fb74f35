// The table of runs: filter, columns, order, folding and differences. Its state
// lives in the hash of the page's address, so that a view can be sent.
const whorlTable = tools => {
"use strict";

const { $, $$, element, save, show, hidden, trials } = tools; // of report.js

const data = JSON.parse($("#table-data").textContent);
const table = $("#run-table"), body = table.tBodies[0];
const index = new Map(data.fields.map((f, i) => [f.name, i]));
const rows = data.rows.map((values, trial) => ({ trial, values, of: Object.fromEntries(data.fields.map((f, i) => [f.name, values[i]])) }));
const initial = data.fields.filter(f => f.shown).map(f => f.name);
const state = { q: "", sort: [], cols: initial, fold: false, base: null };
let untouched = true; // the table as the file has it

// --- numbers as format.go writes them ---
const minus = text => text.replace("-", "−");
const plain = v => {
  if (Number.isInteger(v)) return minus(String(v));
  const a = Math.abs(v);
  if (a < 1e-4 || a >= 1e7) return minus(v.toExponential(3));
  return minus(a < 1 ? v.toFixed(Math.max(4, 3 - Math.floor(Math.log10(a)))) : v.toPrecision(4));
};
const format = (f, v) => {
  if (v === null || v === undefined) return "–";
  if (typeof v !== "number") return String(v);
  if (f.unit === "%") return minus((v * 100).toFixed(2)) + "%";
  if (f.unit === "s") return minus(Math.abs(v) < 10 ? v.toFixed(2) : v.toFixed(0)) + " s";
  return f.kind === "metric" ? plain(v) + (f.unit ? " " + f.unit : "") : String(v);
};
const difference = (f, v) => (v < 0 ? "−" : "+") + format(f, Math.abs(v)).replace("%", " pt");

// --- what is shown ---
const field = name => data.fields[index.get(name)];
const columns = () => state.cols.map(field).filter(Boolean);
const isNumber = v => typeof v === "number";

function folded(list) { // the rows of a configuration as one
  const groups = new Map();
  for (const r of list) {
    const g = trials[r.trial].group;
    if (!groups.has(g)) groups.set(g, []);
    groups.get(g).push(r);
  }
  return [...groups.values()].map(members => {
    const row = { trial: members[0].trial, members, of: {}, range: {} };
    for (const f of data.fields) {
      const values = members.map(m => m.of[f.name]);
      const numbers = values.filter(isNumber);
      if (f.kind === "metric" && numbers.length) {
        row.of[f.name] = numbers.reduce((a, b) => a + b) / numbers.length;
        row.range[f.name] = [Math.min(...numbers), Math.max(...numbers)];
      } else {
        row.of[f.name] = values.every(v => v === values[0]) ? values[0] : `${new Set(values).size} values`;
      }
    }
    row.of.run = members.length === 1 ? members[0].of.run : `${members.length} runs`;
    return row;
  });
}

function chosen() {
  let match = () => true, problem = "";
  try { match = whorlQuery.parse(state.q, data.fields); } catch (e) { problem = e.message; }
  const list = rows.filter(r => match(r.of));
  return { list, problem };
}

function ordered(list) {
  const rank = v => v === null || v === undefined || Number.isNaN(v) ? 2 : isNumber(v) ? 0 : 1;
  return list.map((r, i) => [r, i]).sort(([a, i], [b, j]) => {
    for (const { name, down } of state.sort) {
      const x = a.of[name], y = b.of[name], rx = rank(x), ry = rank(y);
      if (rx !== ry) { // what is missing comes last, whatever the direction
        if (rx === 2 || ry === 2) return rx - ry;
        return down ? ry - rx : rx - ry;
      }
      const c = rx === 0 ? x - y : rx === 1 ? String(x).localeCompare(String(y), "en", { numeric: true }) : 0;
      if (c) return down ? -c : c;
    }
    return i - j;
  }).map(([r]) => r);
}

function view() {
  const { list, problem } = chosen();
  return { problem, list: ordered(state.fold ? folded(list) : list), runs: list };
}

function heads() {
  return [{ name: "run", kind: "run" }, { name: "state", kind: "run" }, ...columns()];
}

function drawHead() {
  const tr = element("tr");
  const check = element("th", undefined, tr);
  check.className = "check";
  element("span", "shown", check).className = "hidden";
  for (const f of heads()) {
    const th = element("th", undefined, tr), button = element("button", undefined, th);
    th.scope = "col";
    th.title = f.hint ?? f.name;
    button.type = "button";
    button.className = "sort" + (f.kind === "metric" ? " num" : "");
    const dot = f.name.indexOf(".");
    if (dot > 0) element("small", f.name.slice(0, dot), button);
    button.append(f.title || f.name.slice(dot + 1));
    button.dataset.field = f.name;
    if (f.kind === "param") th.className = "differs";
    mark(th, f.name);
  }
  table.tHead.replaceChildren(tr);
}

function mark(th, name) {
  const at = state.sort.findIndex(s => s.name === name);
  if (at < 0) th.removeAttribute("aria-sort");
  else th.setAttribute("aria-sort", state.sort[at].down ? "descending" : "ascending");
  const button = $("button", th);
  if (state.sort.length > 1 && at >= 0) button.dataset.order = at + 1; else delete button.dataset.order;
}

function drawRow(r, base) {
  const tr = element("tr");
  tr.dataset.trial = r.trial;
  tr.classList.toggle("off", hidden.has(r.trial));
  const check = element("td", undefined, tr), box = element("input", undefined, check);
  check.className = "check";
  box.type = "checkbox";
  box.checked = !hidden.has(r.trial);
  if (r.members) box.dataset.group = trials[r.trial].group; else box.dataset.trial = r.trial;
  box.setAttribute("aria-label", `Show ${r.of.run} in the charts`);
  for (const f of heads()) {
    const v = r.of[f.name];
    const cell = element(f.name === "run" ? "th" : "td", undefined, tr);
    if (f.name === "run") {
      cell.scope = "row";
      const pin = element("button", base && base.trial === r.trial ? "★" : "☆", cell);
      pin.type = "button";
      pin.className = "pin";
      pin.dataset.pin = r.trial;
      pin.title = "Compare the others with this one";
      pin.setAttribute("aria-label", `Compare the others with ${v}`);
      pin.setAttribute("aria-pressed", Boolean(base && base.trial === r.trial));
      const swatch = element("i", undefined, cell);
      swatch.className = "dot-swatch";
      swatch.style.background = trials[r.trial].color;
      cell.append(` ${v}`);
      if (r.members) element("small", r.of.configuration, cell);
      continue;
    }
    if (f.kind === "metric") cell.className = "num";
    else if (f.kind === "param") cell.className = "differs";
    const delta = base && base.trial !== r.trial && f.kind === "metric" && isNumber(v) && isNumber(base.of[f.name]);
    cell.append(delta ? difference(f, v - base.of[f.name]) : format(f, v));
    if (delta && f.goal) cell.classList.toggle("better", f.goal === "minimize" ? v < base.of[f.name] : v > base.of[f.name]);
    const span = r.range?.[f.name] ?? (r.members ? undefined : data.intervals[r.trial]?.[f.name]);
    if (!delta && span && span[0] < span[1]) element("small", `${format(f, span[0])} to ${format(f, span[1])}`, cell);
  }
  return tr;
}

function render() {
  untouched = false;
  const { list, problem, runs } = view();
  const base = state.base === null ? null : list.find(r => r.trial === state.base || r.members?.some(m => m.trial === state.base)) ??
    (state.fold ? folded(rows).find(r => r.members.some(m => m.trial === state.base)) : rows[state.base]);
  drawHead();
  body.replaceChildren(...list.map(r => drawRow(r, base)));
  $("#filter-error").textContent = problem;
  $("#filter").setAttribute("aria-invalid", Boolean(problem));
  $("#matches").textContent = problem ? "" : `${runs.length} of ${rows.length} runs`;
}

// --- the state in the address ---
function write() {
  const parts = new URLSearchParams();
  if (state.q) parts.set("q", state.q);
  if (state.sort.length) parts.set("sort", state.sort.map(s => (s.down ? "-" : "") + s.name).join(","));
  if (state.cols.join() !== initial.join()) parts.set("cols", state.cols.join(","));
  if (state.fold) parts.set("fold", "1");
  if (state.base !== null) parts.set("base", trials[state.base].label);
  const off = trials.map((t, i) => i).filter(i => hidden.has(i) !== Boolean(trials[i].off));
  if (off.length) parts.set("flip", off.join("."));
  history.replaceState(null, "", "#" + parts);
}
function read() {
  const text = location.hash.slice(1);
  if (!text.includes("=")) return;
  const parts = new URLSearchParams(text);
  state.q = parts.get("q") ?? "";
  state.sort = (parts.get("sort") ?? "").split(",").filter(Boolean).map(s => ({ name: s.replace(/^-/, ""), down: s.startsWith("-") })).filter(s => index.has(s.name));
  state.cols = parts.has("cols") ? parts.get("cols").split(",").filter(c => index.has(c)) : initial;
  state.fold = parts.get("fold") === "1";
  const base = trials.findIndex(t => t.label === parts.get("base"));
  state.base = base < 0 ? null : base;
  const flip = new Set((parts.get("flip") ?? "").split(".").filter(Boolean).map(Number));
  if (flip.size) show(i => Boolean(trials[i].off) === flip.has(i));
  $("#filter").value = state.q;
  $("#fold").setAttribute("aria-pressed", state.fold);
  for (const box of $$("#columns input")) box.checked = state.cols.includes(box.value);
  render();
}
const change = () => { render(); write(); };

// --- controls ---
$("#filter").addEventListener("input", event => { state.q = event.target.value; change(); });
$("#fold").addEventListener("click", event => {
  state.fold = !state.fold;
  event.currentTarget.setAttribute("aria-pressed", state.fold);
  change();
});
table.tHead.addEventListener("click", event => {
  const name = event.target.closest("button")?.dataset.field;
  if (!name) return;
  const before = state.sort.find(s => s.name === name);
  const next = before ? { name, down: !before.down } : { name, down: false };
  state.sort = event.shiftKey ? [...state.sort.filter(s => s.name !== name), next] : [next];
  change();
  $(`button[data-field="${CSS.escape(name)}"]`, table.tHead).focus();
});
body.addEventListener("click", event => {
  const pin = event.target.closest("button")?.dataset.pin;
  if (pin === undefined) return;
  state.base = state.base === Number(pin) ? null : Number(pin);
  change();
  $(`[data-pin="${pin}"]`, body)?.focus();
});
const list = $("#columns .list");
$("#columns").addEventListener("toggle", () => { // made when first asked for
  if (list.childElementCount) return;
  for (const f of data.fields.slice(3)) {
    const label = element("label", undefined, list), box = element("input", undefined, label);
    box.type = "checkbox";
    box.value = f.name;
    box.checked = state.cols.includes(f.name);
    label.append(` ${f.name}`);
    if (f.title) element("small", ` ${f.title}`, label);
  }
});
list.addEventListener("change", event => {
  const name = event.target.value;
  state.cols = event.target.checked ? [...state.cols, name] : state.cols.filter(c => c !== name);
  change();
});
for (const name of data.fields.map(f => f.name)) $("#field-names").append(new Option(name));
$("#show-filtered").addEventListener("click", () => {
  const visible = new Set(chosen().list.map(r => r.trial));
  show(i => visible.has(i));
  write();
});

// --- exports ---
const quoted = text => /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
$("#csv").addEventListener("click", () => { // everything that is known of the chosen runs
  const bounded = data.fields.filter(f => data.intervals.some(i => i && i[f.name]));
  const head = [...data.fields.map(f => f.name), ...bounded.flatMap(f => [f.name + ".low", f.name + ".high"])];
  const lines = ordered(chosen().list).map(r => [
    ...r.values.map(v => v === null ? "" : String(v)),
    ...bounded.flatMap(f => (data.intervals[r.trial]?.[f.name] ?? ["", ""]).map(String)),
  ].map(quoted).join(","));
  save("runs.csv", "text/csv", [head.map(quoted).join(","), ...lines].join("\n") + "\n");
});
function cells() {
  if (untouched) render();
  const head = heads().map(f => f.title || f.name);
  return { head, lines: [...body.rows].map(tr => [...tr.cells].slice(1).map(td =>
    [...td.childNodes].filter(n => n.nodeName !== "BUTTON").map(n => n.nodeName === "SMALL" ? ` (${n.textContent})` : n.textContent).join("").trim())) };
}
const markdown = () => {
  const { head, lines } = cells();
  const line = row => `| ${row.map(c => c.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...lines.map(line)].join("\n") + "\n";
};
const tex = text => text.replace(/[\\&%$#_{}~^]/g, c => ({ "\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}" })[c] ?? "\\" + c).replaceAll("−", "$-$");
const latex = () => {
  const { head, lines } = cells();
  const align = heads().map(f => f.kind === "metric" ? "r" : "l").join("");
  const line = row => `${row.map(tex).join(" & ")} \\\\`;
  return [`\\begin{tabular}{${align}}`, "\\hline", line(head), "\\hline", ...lines.map(line), "\\hline", "\\end{tabular}"].join("\n") + "\n";
};
$("#markdown").addEventListener("click", () => save("runs.md", "text/markdown", markdown()));
$("#latex").addEventListener("click", () => save("runs.tex", "text/plain", latex()));

addEventListener("hashchange", read);
read();
return { write, markdown, latex };
};
