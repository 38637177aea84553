// Latencies and plots of two runs, out of their histories.
import { count, milliseconds, rate } from './dom.js';
import { makePlot, relegend } from './plots.js';

const { a: pathA, b: pathB } = document.getElementById('sides').dataset;

const lines = [
  { name: 'a', colour: 'a', width: 2 },
  { name: 'b', colour: 'b', width: 2 },
];

async function seriesOf(path) {
  const response = await fetch(`/api/series/${path}`);
  if (!response.ok) throw new Error(`no history of ${decodeURIComponent(path)}`);
  return response.json();
}

/** Both on one axis of time: the places of the finer bins, and of the other what stands there. */
function together(a, b, pick) {
  const binS = Math.max(a.series.binS, b.series.binS);
  const columns = [a, b].map((run) => widened(pick(run.series), run.series.binS, binS));
  const length = Math.max(...columns.map((column) => column.length));
  const times = Array.from({ length }, (_, at) => (at + 0.5) * binS);
  return [times, ...columns.map((column) => times.map((_, at) => column[at] ?? null))];
}

/** Means of bins that are as wide as those of the other run; null where all were. */
function widened(values, binS, wantedS) {
  const factor = Math.round(wantedS / binS);
  if (factor <= 1) return values;
  const wide = [];
  for (let at = 0; at < values.length; at += factor) {
    const known = values.slice(at, at + factor).filter((value) => value !== null);
    wide.push(known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length);
  }
  return wide;
}

const bandsOf = ({ bands, colours }, lane) =>
  bands.map(({ from, to, bit, nemesis }) => ({
    from,
    to,
    strong: bit,
    colour: colours[nemesis],
    lane: [lane, 2],
  }));

function draw(a, b) {
  const bands = () => [...bandsOf(a, 0), ...bandsOf(b, 1)];
  const colours = { ...a.colours, ...b.colours };
  const legend = Object.keys(colours).map((name) => ({ name, colour: colours[name] }));
  const faultsAt = (name, { bands: all }, second) =>
    all
      .filter(({ from, to }) => second >= from && (to === null || second <= to))
      .map((fault) => `${name}: ${fault.name} ${fault.variant}`);
  const hintOf = (text) => (at, data) =>
    [
      `${data[0][at].toFixed(1)} s`,
      ...lines.map(
        ({ name }, line) => `${name}: ${data[line + 1][at] === null ? '–' : text(data[line + 1][at])}`,
      ),
      ...faultsAt('a', a, data[0][at]),
      ...faultsAt('b', b, data[0][at]),
    ].join('\n');
  const add = (id, y, text, pick) => {
    const place = document.getElementById(id);
    const x = { text: (second) => `${second} s`, range: (_u, _min, max) => [0, Math.max(5, max ?? 0)] };
    makePlot(place, {
      lines: lines.map((line) => ({ ...line, gaps: true })),
      x,
      y,
      bands,
      hint: hintOf(text),
    }).set(together(a, b, pick));
    relegend(place, lines, legend);
  };
  const perSecond = { text: (value) => `${count(value)}/s` };
  const rateOf = (value) => `${rate(value)}/s`;
  add('sends', perSecond, rateOf, ({ sendOk }) => sendOk);
  add('oks', perSecond, rateOf, ({ sendOk, pullOk }) => sendOk.map((value, at) => value + pullOk[at]));
  const axisMs = (ms) => (ms >= 1000 ? `${ms / 1000} s` : `${Number(ms.toPrecision(1))} ms`);
  add('latencies', { text: axisMs, log: true }, milliseconds, ({ p99 }) => p99);
}

function showLatencies(a, b) {
  for (const cell of document.querySelectorAll('[data-latency^="both"]')) {
    const [, f, share] = cell.dataset.latency.split(' ');
    const [left, right] = [a, b].map(({ totals }) => totals.latencies[f]?.[share]);
    const show = (side, value) => {
      document.querySelector(`[data-latency="${side} ${f} ${share}"]`).textContent =
        value === undefined ? '–' : milliseconds(value);
    };
    show('a', left);
    show('b', right);
    if (left === undefined || right === undefined) continue;
    const exact = (right / left - 1) * 100;
    // As comparison.ts has it: what is nearly nothing is not nothing.
    const percent = exact < -99 && right > 0 ? Math.ceil(exact * 10) / 10 : Math.round(exact);
    cell.textContent =
      right / left >= 3
        ? `×${(right / left).toFixed(1)}`
        : percent === 0
          ? '='
          : `${percent > 0 ? '+' : '−'}${Math.abs(percent)} %`;
    if (Math.abs(percent) > 10) cell.classList.add(percent > 0 ? 'worse' : 'better');
  }
}

try {
  const [a, b] = await Promise.all([seriesOf(pathA), seriesOf(pathB)]);
  showLatencies(a, b);
  draw(a, b);
} catch (error) {
  for (const cell of document.querySelectorAll('[data-latency]')) cell.textContent = '–';
  for (const place of document.querySelectorAll('.plot .legend'))
    place.textContent = `Nothing to draw: ${error.message}.`;
}
document.body.dataset.ready = 'true';
