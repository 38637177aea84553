// Unpacks the data of the page (base64 of gzip of JSON), and what every part of the page needs.
const report = {
  data: undefined,
  view: undefined,
  byIndex: new Map(),
  longestMs: 0,
  anomalies: [],
  marked: [],
};

async function unpack() {
  const text = document.getElementById('data').textContent;
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return JSON.parse(await new Response(stream).text());
}

/** Properties are set, so that no text of the run is ever read as markup. */
function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  for (const child of children.flat()) if (child !== undefined) made.append(child);
  return made;
}

const isDark = () => matchMedia('(prefers-color-scheme: dark)').matches;
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const faultColour = (nemesis) => (report.data.colours[nemesis] ?? ['#b0b7bf', '#5b636d'])[isDark() ? 1 : 0];
const seconds = (ms) => (ms / 1000).toFixed(3);
const count = (number) => number.toLocaleString('en');

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
