// Follows a campaign or a matrix: its state comes as events, and again when the connection was lost.
import { count, duration, element, rate, setText } from './dom.js';
import { follow } from './live-link.js';

const { path, unit } = document.getElementById('live').dataset;
let state;
/** When the state came, by this page's clock: seconds go on between two of them. */
let cameMs = 0;
let shownRows = -1;

function showState(next) {
  state = next;
  cameMs = performance.now();
  const badge = document.getElementById('badge');
  badge.className = `badge ${state.outcome}`;
  setText('badge', state.outcome);
  const { acknowledged, done, elapsedS, ended, leftS, ok, verdicts, wanted } = state;
  setText('done', `${count(done)} of ${count(wanted)}`);
  setText('left', leftS === null ? '–' : duration(leftS));
  setText('pace', done === 0 ? '–' : rate((done / Math.max(elapsedS, 0.001)) * 60));
  setText('ok', count(ok));
  setText('acknowledged', count(acknowledged));
  document.getElementById('bar').value = wanted === 0 ? 0 : done / wanted;
  const chips = Object.entries(verdicts).map(([verdict, number]) =>
    element(
      'li',
      { className: 'chip' },
      element('span', { className: `badge ${verdict}` }, verdict),
      ` ${count(number)}`,
    ),
  );
  document.getElementById('verdicts').replaceChildren(...chips);
  showLately();
  showNotValid();
  if (ended === undefined) setText('ended', now());
  else showEnd(ended);
  showTime();
}

function now() {
  if (state.now !== '') return `Now: ${state.now}.`;
  const threads = `${count(state.workers)} ${state.workers === 1 ? 'thread' : 'threads'}`;
  return `${count(state.wanted - state.done)} ${unit} to go, on ${threads}.`;
}

/** As many as the page has room for. */
function showLately() {
  const place = document.getElementById('lately');
  const room = Math.max(20, Math.floor(place.clientWidth / 8));
  place.replaceChildren(
    ...state.lately.slice(-room).map((verdict) => element('span', { className: `beat ${verdict}` })),
  );
}

function showNotValid() {
  const rows = state.notValid.map(({ command, name, report, verdict, why }) =>
    element(
      'tr',
      {},
      element('td', { className: 'name' }, report === '' ? name : element('a', { href: report }, name)),
      element('td', {}, element('span', { className: `badge ${verdict}` }, verdict)),
      element('td', {}, why),
      element('td', {}, element('code', {}, command)),
    ),
  );
  const none = element('tr', {}, element('td', { colSpan: 4, className: 'dim' }, 'None so far.'));
  const table = document.getElementById('not-valid');
  // They only become more: what is being read or marked stays as it is.
  if (rows.length === shownRows) return;
  shownRows = rows.length;
  table.replaceChildren(...(rows.length === 0 ? [none] : rows));
}

function showEnd({ anomalies, report, why }) {
  const found = anomalies.length === 0 ? why : `${anomalies.join(', ')}. ${why}`;
  const place = document.getElementById('ended');
  place.className = `ended ${state.outcome}`;
  place.replaceChildren(
    element('b', {}, `${state.outcome}. `),
    `${found} `,
    element('a', { href: report }, state.outcome === 'broke' ? 'Its files' : 'The report'),
  );
  document.title = `${state.outcome}: ${document.title}`;
}

/** Between two states the clock goes on by itself. */
function showTime() {
  if (state === undefined) return;
  const since = state.ended === undefined ? (performance.now() - cameMs) / 1000 : 0;
  setText('elapsed', duration(state.elapsedS + since));
}
setInterval(showTime, 250);

follow(path, { state: showState });
document.body.dataset.ready = 'true';
