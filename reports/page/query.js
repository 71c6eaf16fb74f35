// The language in which runs are chosen: the same as that of package
// experiments/query, which documents it; both are tested on the same cases.
const whorlQuery = (() => {
"use strict";

const fold = text => text.toLowerCase();
const symbols = [
  ["==", "op", "="], ["!=", "op", "!="], ["<>", "op", "!="], ["<=", "op", "<="], [">=", "op", ">="], ["!~", "op", "!~"],
  ["≤", "op", "<="], ["≥", "op", ">="], ["≠", "op", "!="], ["=", "op", "="], ["<", "op", "<"], [">", "op", ">"], ["~", "op", "~"],
  ["&&", "word", "and"], ["||", "word", "or"], ["(", "open", "("], [")", "close", ")"],
];
const symbolAt = (text, i) => symbols.find(([s]) => text.startsWith(s, i));

class QueryError extends Error {
  constructor(query, at, why) {
    super(`query "${query}", character ${[...query.slice(0, at)].length + 1}: ${why}`);
    this.why = why;
  }
}

function lex(text) {
  const tokens = [];
  for (let i = 0; i < text.length;) {
    const c = text[i];
    if (/\s/u.test(c)) { i++; continue; }
    if (c === '"' || c === "'") {
      const end = text.indexOf(c, i + 1);
      if (end < 0) throw new QueryError(text, i, "the quote is not closed");
      tokens.push({ kind: "quoted", text: text.slice(i + 1, end), at: i });
      i = end + 1;
      continue;
    }
    const s = symbolAt(text, i);
    if (s) {
      tokens.push({ kind: s[1], text: s[2], at: i });
      i += s[0].length;
      continue;
    }
    let end = i + 1;
    while (end < text.length && !/[\s"']/u.test(text[end]) && !symbolAt(text, end)) end++;
    tokens.push({ kind: "word", text: text.slice(i, end), at: i });
    i = end;
  }
  tokens.push({ kind: "end", text: "", at: text.length });
  return tokens;
}

// distance is the number of single-character edits between two words.
function distance(a, b) {
  const row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 0; i < a.length; i++) {
    let last = row[0];
    row[0] = i + 1;
    for (let j = 0; j < b.length; j++) {
      const cost = last + (a[i] === b[j] ? 0 : 1);
      last = row[j + 1];
      row[j + 1] = Math.min(cost, row[j] + 1, row[j + 1] + 1);
    }
  }
  return row[b.length];
}

// resolve returns the canonical name that a name stands for; its error has no
// position.
function resolve(fields, name) {
  const same = (a, b) => fold(a) === fold(b);
  const last = f => f.name.slice(f.name.lastIndexOf(".") + 1);
  for (const match of [
    f => f.name === name,
    f => same(f.name, name),
    f => f.title && same(f.title, name),
    f => f.name.includes(".") && same(f.name.slice(f.name.indexOf(".") + 1), name),
    f => fold(f.name).endsWith("." + fold(name)),
  ]) {
    const found = [...new Set(fields.filter(match).map(f => f.name))];
    if (found.length === 1) return found[0];
    if (found.length > 1) throw new Error(`"${name}" is ambiguous: ${found.join(", ")}`);
  }
  const near = fields.map(f => ({ name: f.name, d: Math.min(distance(fold(name), fold(f.name)), distance(fold(name), fold(last(f)))) }))
    .filter(c => c.d <= 1 + Math.floor(name.length / 4));
  near.sort((a, b) => a.d - b.d);
  throw new Error(`unknown field "${name}"` + (near.length ? ` (did you mean "${near[0].name}"?)` : ""));
}

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
function numberOf(v) {
  if (typeof v === "number") return v;
  if (typeof v !== "string") return undefined;
  if (decimal.test(v)) return Number(v);
  if (/^nan$/i.test(v)) return NaN;
  const inf = v.match(/^([+-]?)inf(inity)?$/i);
  return inf ? (inf[1] === "-" ? -Infinity : Infinity) : undefined;
}
const textOf = v => v === null || v === undefined ? "" : String(v);

function readValue(token) {
  const v = { folded: fold(token.text) };
  if (token.kind === "quoted") return v;
  const percent = token.text.endsWith("%");
  const digits = percent ? token.text.slice(0, -1) : token.text;
  const x = numberOf(digits);
  if (x !== undefined) v.number = percent && decimal.test(digits) ? Number(/e/i.test(digits) ? x / 100 : digits + "e-2") : x;
  return v;
}

function compare(have, op, want) {
  const text = fold(textOf(have));
  if (op === "~") return text.includes(want.folded);
  if (op === "!~") return !text.includes(want.folded);
  let order = text < want.folded ? -1 : text > want.folded ? 1 : 0;
  const x = numberOf(have);
  if (x !== undefined && want.number !== undefined) {
    if (Number.isNaN(x)) return op === "!=";
    order = x < want.number ? -1 : x > want.number ? 1 : 0;
  }
  return { "=": order === 0, "!=": order !== 0, "<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0 }[op];
}

// parse returns a function that says whether a row, an object by canonical
// name, is chosen. It throws a QueryError.
function parse(text, fields) {
  if (text.trim() === "") return () => true;
  const tokens = lex(text);
  const peek = () => tokens[0];
  const take = () => tokens.length > 1 ? tokens.shift() : tokens[0];
  const fail = (t, why) => { throw new QueryError(text, t.at, why); };
  const is = word => peek().kind === "word" && fold(peek().text) === word;

  function or() {
    let left = and();
    while (is("or")) {
      take();
      const l = left, r = and();
      left = row => l(row) || r(row);
    }
    return left;
  }
  function and() {
    let left = not();
    for (;;) {
      if (is("and")) take();
      else if (["end", "close"].includes(peek().kind) || is("or")) return left;
      const l = left, r = not();
      left = row => l(row) && r(row);
    }
  }
  function not() {
    if (!is("not") && !is("!")) return primary();
    take();
    const of = not();
    return row => !of(row);
  }
  function primary() {
    const t = take();
    switch (t.kind) {
    case "open": {
      const of = or();
      if (take().kind !== "close") fail(t, "the parenthesis is not closed");
      return of;
    }
    case "word": case "quoted": {
      if (peek().kind === "op") return comparison(t);
      const word = fold(t.text);
      if (t.kind === "word" && (word === "and" || word === "or")) fail(t, `"${t.text}" needs a comparison on both sides`);
      return row => Object.values(row).some(v => fold(textOf(v)).includes(word));
    }
    case "op": fail(t, `"${t.text}" needs a name before it`);
    case "close": fail(t, "no parenthesis is open");
    }
    return fail(t, "a comparison is missing here, such as state=done");
  }
  function comparison(name) {
    let field;
    try { field = resolve(fields, name.text); } catch (e) { fail(name, e.message); }
    const op = take(), v = take();
    if (v.kind !== "word" && v.kind !== "quoted") fail(v, `${name.text} ${op.text} needs a value after it`);
    const want = readValue(v);
    return row => row[field] !== null && row[field] !== undefined && compare(row[field], op.text, want);
  }
  const root = or();
  if (peek().kind !== "end") fail(peek(), "no parenthesis is open");
  return root;
}

return { parse, resolve };
})();
