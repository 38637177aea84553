// Unpacks the data of the page (base64 of gzip of JSON), and what every part of the page needs.
const report = {
  data: undefined,
  view: undefined,
  longestMs: 0,
  anomalies: [],
  marked: [],
};

async function unpack() {
  const text = document.getElementById('data').textContent;
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = characters.charCodeAt(at);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  const data = await new Response(stream).json();
  unpackOperations(data.operations);
  addUp(data.travels.index);
  return data;
}

/** The opposite of packed-operations.ts. */
function unpackOperations({ index, start, end }) {
  addUp(index);
  addUp(start);
  for (let at = 0; at < end.length; at += 1) {
    if (end[at] >= 0) end[at] = (start[at] + end[at]) / 100;
    start[at] /= 100;
  }
}

function addUp(steps) {
  for (let at = 1; at < steps.length; at += 1) steps[at] += steps[at - 1];
}

/** Properties are set, so that no text of the run is ever read as markup. */
function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  for (const child of children.flat()) if (child !== undefined) made.append(child);
  return made;
}

const darkScheme = matchMedia('(prefers-color-scheme: dark)');
const printing = matchMedia('print');
const isDark = () => darkScheme.matches && !printing.matches;
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const faultColour = (nemesis) => (report.data.colours[nemesis] ?? ['#b0b7bf', '#5b636d'])[isDark() ? 1 : 0];
const seconds = (ms) => (ms / 1000).toFixed(3);
const count = (number) => number.toLocaleString('en');

/** For what is drawn in colours that style sheets cannot give. */
function onScheme(repaint) {
  for (const scheme of [darkScheme, printing]) scheme.addEventListener('change', repaint);
}

/** Places of the operations that reach into the visible stretch, found without looking at all of them: they stand in order of their start. */
function visible() {
  const { start, end } = report.data.operations;
  const { from, to } = report.view;
  const places = report.open.filter((at) => start[at] <= to && start[at] < from - report.longestMs);
  for (let at = lowerBound(start, from - report.longestMs); at < start.length && start[at] <= to; at += 1) {
    if (end[at] < 0 || end[at] >= from) places.push(at);
  }
  return places;
}

/** The first place whose value is at least `wanted`. */
function lowerBound(values, wanted) {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where an operation stands in the columns, by the index of its invocation; undefined where it is not drawn. */
function placeOf(index, { operations } = report.data) {
  const at = lowerBound(operations.index, index);
  return operations.index[at] === index ? at : undefined;
}

function describeOperation(at) {
  const { operations, names } = report.data;
  const end = operations.end[at];
  const took = end < 0 ? 'no answer' : `${(end - operations.start[at]).toFixed(1)} ms`;
  const node = names.node[operations.node[at]];
  return {
    index: operations.index[at],
    at: `${seconds(operations.start[at])} s`,
    took,
    process: operations.process[at],
    what: `${names.f[operations.f[at]]} ${names.queue[operations.queue[at]]}`,
    outcome: names.type[operations.type[at]],
    text: operations.text[at],
    node,
  };
}
