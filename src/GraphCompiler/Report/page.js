// The report's page: what is general. It shows two texts of JSON, the report (what was compiled; the compiler writes it) and the times (what a
// profile measured; null without one). Each part of the page is a function in `parts` that fills its section for one program.
"use strict";

const report = JSON.parse(document.getElementById("report").textContent);
const times = JSON.parse(document.getElementById("times").textContent);
const parts = {};

const element = (tag, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};

const shape = (tag, attributes = {}, ...children) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
};

const whole = new Intl.NumberFormat("en");
const bytes = number => whole.format(number);

/// A number in the unit that leaves one to three digits before the point: 12.3 M.
const short = number => {
  for (const [size, unit] of [[1e12, " T"], [1e9, " G"], [1e6, " M"], [1e3, " k"]])
    if (Math.abs(number) >= size) return (number / size).toPrecision(3) + unit;
  return number % 1 ? number.toPrecision(3) : String(number);
};

/// Colours of kinds of kernels and operations: the same word has the same colour everywhere.
const colour = word => {
  let hash = 0;
  for (const letter of word) hash = (hash * 31 + letter.charCodeAt(0)) >>> 0;
  return `hsl(${hash % 360} 55% ${matchMedia("(prefers-color-scheme: dark)").matches ? 32 : 80}%)`;
};

const measuredOf = program => times && times.program === program.program ? times : null;

// A hint beside the pointer, and a panel with everything about what was clicked.

const hint = document.getElementById("hint");
const detail = document.getElementById("detail");

const hinted = (target, text) => {
  target.addEventListener("pointermove", event => {
    hint.textContent = text;
    hint.hidden = false;
    hint.style.left = Math.min(event.clientX + 14, innerWidth - hint.offsetWidth - 8) + "px";
    hint.style.top = Math.min(event.clientY + 14, innerHeight - hint.offsetHeight - 8) + "px";
  });
  target.addEventListener("pointerleave", () => hint.hidden = true);
  return target;
};

const show = (title, ...content) => {
  const close = element("button", { textContent: "Close", onclick: () => detail.hidden = true });
  detail.replaceChildren(close, element("h2", { textContent: title }), ...content);
  detail.hidden = false;
};

const facts = pairs => element("div", { className: "facts" },
  ...pairs.flatMap(([name, value]) => [element("span", { className: "dim", textContent: name }), element("span", {}, value)]));

/// A table that sorts by the column that is clicked. A column: title, what a row has there, and how a number is written.
const table = (columns, rows, clicked) => {
  const body = element("tbody");
  const fill = sorted => body.replaceChildren(...sorted.map(row => {
    const line = element("tr", { className: clicked ? "row" : "" }, ...columns.map(column => {
      const value = column.value(row);
      const cell = element("td", { className: column.number ? "number" : column.name ? "code name" : column.code ? "code" : "" });
      cell.append(column.number && value !== undefined && value !== null ? column.number(value) : value ?? "");
      return cell;
    }));
    line.dataset.text = columns.map(column => column.value(row)).filter(value => typeof value === "string").join(" ").toLowerCase();
    if (clicked) line.onclick = () => clicked(row);
    return line;
  }));
  fill(rows);
  const heads = columns.map(column => element("th", {
    className: column.number ? "number" : "", textContent: column.title,
    onclick: () => fill(column.number ? [...rows].sort((a, b) => column.value(b) - column.value(a)) : rows),
  }));
  return element("table", {}, element("thead", {}, element("tr", {}, ...heads)), body);
};

const detailOfKernel = (program, kernel) => {
  const values = new Map(program.values.map(value => [value.id, value]));
  const line = id => {
    const value = values.get(id);
    return [value.name ?? "%" + id, value.op, value.type + " " + value.shape, value.origin ?? ""];
  };
  const list = (title, ids) => ids.length === 0 ? [] : [
    element("h2", { textContent: title }),
    table(["Value", "Operation", "Type", "Expression"].map((name, i) => ({ title: name, code: true, value: row => row[i] })), ids.map(line))];
  const measured = measuredOf(program)?.kernels[kernel.index];
  show(kernel.method,
    facts([["Computes", kernel.title], ["Kind", kernel.kind], ["Domain", kernel.domain], ["Operations", short(kernel.operations)], ["Bytes", bytes(kernel.bytes)],
      ["Shared", kernel.alone || program.alone ? "one worker runs it" : "by all workers"], ...(measured ? [["Measured", microseconds(measured.nanoseconds)]] : [])]),
    ...list(`Fused: ${kernel.members.length} operations`, kernel.members), ...list("Reads", kernel.reads), ...list("Stores", kernel.stores));
};

const microseconds = nanoseconds => new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(nanoseconds / 1000) + " µs";
