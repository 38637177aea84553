// Follows one run: its state and its series come as events, and again from the beginning when the connection was lost.
import { count, duration, element, milliseconds, rate, setText } from './dom.js';
import { follow } from './live-link.js';
import { makePlot, relegend } from './plots.js';

const path = document.getElementById('live').dataset.path;
const columns = ['sendOk', 'pullOk', 'info', 'fail', 'p50', 'p99'];
let series = { binS: 1, from: 0, ...Object.fromEntries(columns.map((name) => [name, []])) };
let state;
/** When the state came, by this page's clock: seconds go on between two of them. */
let cameMs = 0;

const rateLines = [
  { name: 'send ok', colour: 'ok', width: 2.2 },
  { name: 'pull and offset ok', colour: 'c', dash: [5, 3] },
  { name: 'info', colour: 'info' },
  { name: 'fail', colour: 'fail' },
];
const latencyLines = [
  { name: '99 %', colour: 'b', gaps: true },
  { name: 'median', colour: 'ok', width: 2.2, gaps: true },
];
const bands = () =>
  (state?.bands ?? []).map(({ from, to, bit, nemesis }) => ({
    from,
    to,
    strong: bit,
    colour: state.colours[nemesis],
  }));
const x = {
  text: (second) => `${second} s`,
  range: (_u, _min, max) => [0, Math.max(10, max ?? 0, plannedS())],
};
const faultsAt = (second) =>
  (state?.bands ?? [])
    .filter(({ from, to }) => second >= from && (to === null || second <= to))
    .map(({ name, variant, targets }) => `${name} ${variant} on ${targets.join(', ')}`);
const hintOf = (lines, text) => (at, data) =>
  [
    `${data[0][at].toFixed(1)} s`,
    ...lines.map(
      ({ name }, place) => `${name}: ${data[place + 1][at] === null ? '–' : text(data[place + 1][at])}`,
    ),
    ...faultsAt(data[0][at]),
  ].join('\n');

/** The whole load has its room from the start: nothing jumps while it fills. */
function plannedS() {
  return state?.load?.limitS ?? 0;
}

const ratePlace = document.getElementById('rates');
const latencyPlace = document.getElementById('latencies');
const perSecond = (value) => `${rate(value)}/s`;
const rates = makePlot(ratePlace, {
  lines: rateLines,
  x,
  y: { text: (value) => `${count(value)}/s` },
  bands,
  hint: hintOf(rateLines, perSecond),
});
const latencies = makePlot(latencyPlace, {
  lines: latencyLines,
  x,
  y: { text: axisMs, log: true },
  bands,
  hint: hintOf(latencyLines, milliseconds),
});

function axisMs(ms) {
  return ms >= 1000 ? `${ms / 1000} s` : `${Number(ms.toPrecision(1))} ms`;
}

function showSeries(next) {
  if (next.binS !== series.binS || next.from > series.sendOk.length) series = next;
  for (const name of columns) series[name] = [...series[name].slice(0, next.from), ...next[name]];
  series.binS = next.binS;
  draw();
}

function draw() {
  // The last bin is still being filled: its rate would fall to nothing each time.
  const isOver = state?.ended !== undefined;
  const length = Math.max(0, series.sendOk.length - (isOver ? 0 : 1));
  const times = Array.from({ length }, (_, at) => (at + 0.5) * series.binS);
  const cut = (name) => series[name].slice(0, length);
  rates.set([times, cut('sendOk'), cut('pullOk'), cut('info'), cut('fail')]);
  latencies.set([times, cut('p99'), cut('p50')]);
  setText('ok-now', length === 0 ? '–' : rate(lastRate(length, times)));
}

function lastRate(length, times) {
  const end = times[length - 1] + series.binS / 2;
  // While nothing ends no line comes: what was is not now.
  const nowS =
    state?.outcome === 'running' && state.load !== null
      ? Math.max(end, Math.min(loadNow(), plannedS()))
      : end;
  let sum = 0;
  for (let at = 0; at < length; at += 1)
    if (times[at] > nowS - 3) sum += (series.sendOk[at] + series.pullOk[at]) * series.binS;
  return sum / 3;
}

function showState(next) {
  state = next;
  cameMs = performance.now();
  const badge = document.getElementById('badge');
  badge.className = `badge ${state.outcome}`;
  setText('badge', state.outcome);
  for (const { name, state: how } of state.phases) {
    const item = document.querySelector(`#phases [data-phase="${name}"]`);
    item.className = how === 'now' && state.ended !== undefined ? 'broke' : how;
    if (how === 'now' && state.ended === undefined) item.setAttribute('aria-current', 'step');
    else item.removeAttribute('aria-current');
  }
  const { totals } = state;
  const send = totals.latencies.send;
  const seconds = Math.max(totals.lastS, 0.001);
  setText('ok-all', totals.ok === 0 ? '–' : rate(totals.ok / seconds));
  setText('send-all', totals.sendOk === 0 ? '–' : rate(totals.sendOk / seconds));
  setText('p50', send === undefined ? '–' : milliseconds(send.p50));
  setText('p99', send === undefined ? '–' : milliseconds(send.p99));
  setText('counts', `${count(totals.ok)} · ${count(totals.info)} · ${count(totals.fail)}`);
  setText('notes', state.notes.join('\n') || ' ');
  document.getElementById('cluster').hidden = state.nodes.length === 0;
  showNodes();
  showFaults();
  const legend = [...new Set(state.bands.map(({ nemesis }) => nemesis))].map((name) => ({
    name,
    colour: state.colours[name],
  }));
  relegend(ratePlace, rateLines, legend);
  relegend(latencyPlace, latencyLines, legend);
  showEnd();
  showTime();
  draw();
}

function showNodes() {
  const cards = state.nodes.map(({ name, role, mark, hits }) =>
    element(
      'div',
      { className: `node ${mark} ${hits.length > 0 ? 'hit' : ''}` },
      element('b', {}, name),
      element('span', {}, role),
      hits.map((hit) => element('span', { className: 'hits' }, hit)),
    ),
  );
  document.getElementById('nodes').replaceChildren(...cards);
}

function showFaults() {
  const second = (value) => (value === null ? 'now' : `${value.toFixed(1)} s`);
  const rows = state.bands
    .map(({ name, variant, targets, from, to, bit }) =>
      element(
        'tr',
        {},
        [name, variant, targets.join(', ')].map((text) => element('td', {}, text)),
        [second(from), second(to)].map((text) => element('td', { className: 'number' }, text)),
        element('td', {}, bit ? 'bit' : to === null ? 'not yet' : 'none'),
      ),
    )
    .reverse();
  const none = element('tr', {}, element('td', { colSpan: 6, className: 'dim' }, 'None so far.'));
  document.getElementById('faults').replaceChildren(...(rows.length === 0 ? [none] : rows));
}

/** One box for what goes on and for how it ended: the page keeps its shape. */
function showEnd() {
  const place = document.getElementById('ended');
  const { ended, outcome, bands: all } = state;
  if (ended === undefined) {
    const atWork = all
      .filter(({ to }) => to === null)
      .map(({ name, variant, targets }) => `${name} ${variant} on ${targets.join(', ')}`);
    setText('ended', atWork.length === 0 ? 'No fault is at work.' : `At work: ${atWork.join('; ')}.`);
    return;
  }
  if (place.className !== 'ended') return;
  place.className = `ended ${outcome}`;
  const found =
    ended.anomalies.length === 0
      ? ended.why || 'All checkers looked, and found nothing wrong.'
      : `${ended.anomalies.join(', ')}. ${ended.why}`;
  const name = outcome === 'broke' ? 'Its files' : 'The report';
  place.replaceChildren(
    element('b', {}, `${outcome}. `),
    `${found} `,
    element('a', { href: ended.report }, name),
  );
  document.title = `${outcome}: ${document.title}`;
}

const loadNow = () => state.load.elapsedS + (performance.now() - cameMs) / 1000;

/** Between two states the clock goes on by itself. */
function showTime() {
  if (state === undefined) return;
  const isRunning = state.outcome === 'running';
  const since = isRunning ? (performance.now() - cameMs) / 1000 : 0;
  setText('elapsed', duration(state.elapsedS + since));
  const bar = document.getElementById('bar');
  if (state.load !== null && state.load.limitS > 0)
    bar.value = Math.min(1, (isRunning ? loadNow() : state.load.elapsedS) / state.load.limitS);
}
setInterval(showTime, 100);

follow(path, { state: showState, series: showSeries });
document.body.dataset.ready = 'true';
