// The anomalies in order of time, one at a time: what it says, and the operations that show it.

/** Numbers them once: `#anomaly=1` is the first that happened. Those of which nobody knows when come last. */
function collectAnomalies() {
  const { results, operations } = report.data;
  const all = results.flatMap((result) =>
    result.anomalies.map((anomaly) => {
      const places = anomaly.operations
        .map((index) => report.byIndex.get(index))
        .filter((at) => at !== undefined);
      const last = places.at(-1);
      const shown = last === undefined ? undefined : operations.start[last];
      const at = anomaly.at === undefined || anomaly.at === null ? shown : anomaly.at / 1e6;
      return { ...anomaly, checker: result.checker, places, at };
    }),
  );
  all.sort((a, b) => (a.at ?? Number.POSITIVE_INFINITY) - (b.at ?? Number.POSITIVE_INFINITY));
  report.anomalies = all;
}

function anomalySection() {
  if (report.anomalies.length === 0) return undefined;
  const go = (step) => {
    const chosen = report.anomaly ?? 0;
    const next = (chosen + step + report.anomalies.length) % report.anomalies.length;
    location.hash = `#anomaly=${next + 1}`;
  };
  return element(
    'section',
    { id: 'anomaly' },
    element(
      'div',
      { className: 'tools' },
      element('h2', { id: 'anomaly-title' }, 'Anomaly'),
      element('button', { type: 'button', onclick: () => go(-1) }, 'previous'),
      element('button', { type: 'button', onclick: () => go(1) }, 'next'),
    ),
    element('div', { id: 'anomaly-body' }),
  );
}

/** Of a shrunk run: its story, line by line. */
function storySection() {
  const { timeline } = report.data.record;
  if (timeline === undefined) return undefined;
  return element(
    'section',
    { id: 'story' },
    element('h2', {}, 'What happened'),
    element('pre', {}, timeline.join('\n')),
  );
}

/** `number` from 0. */
function showAnomaly(number) {
  const anomaly = report.anomalies[number];
  if (anomaly === undefined) return false;
  report.anomaly = number;
  report.marked = anomaly.places;
  report.selected = undefined;
  document.getElementById('anomaly-title').textContent =
    `Anomaly ${number + 1} of ${report.anomalies.length}`;
  const body = document.getElementById('anomaly-body');
  body.replaceChildren(
    element(
      'p',
      {},
      element('b', { className: 'name' }, anomaly.name),
      ` ${anomaly.detail} `,
      element('a', { href: `#checker=${anomaly.checker}`, className: 'dim' }, `found by ${anomaly.checker}`),
    ),
    ...storyOf(anomaly),
    ...operationTables(anomaly.places),
  );
  const { start } = report.data.operations;
  const times = anomaly.places.map((at) => start[at]);
  // Far apart they would be dots: the first is looked at, the table leads to the others.
  if (times.length > 0)
    lookAt(times[0], Math.max(...times) - times[0] < 5000 ? Math.max(...times) : times[0]);
  else if (anomaly.at !== undefined) lookAt(anomaly.at, anomaly.at);
  return true;
}

/** How it came about: a clause a line, operations as links. */
function storyOf({ story }) {
  if (story === undefined) return [];
  const clauses = story.split('; ').map((clause) => {
    const parts = clause.split(/(#op=\d+)/);
    const linked = parts.map((part) =>
      part.startsWith('#op=') ? element('a', { href: part }, part.slice(1)) : part,
    );
    return element('li', {}, ...linked);
  });
  return [element('ol', { className: 'story' }, clauses)];
}

function lookAt(from, to) {
  const around = Math.max(400, (to - from) * 0.5);
  report.view.show(from - around, to + around);
}

/** None where no operation shows it. */
function operationTables(places) {
  return places.length === 0 ? [] : [operationTable(places)];
}

function operationTable(places) {
  const head = ['operation', 'at', 'took', 'process', 'what', 'outcome', '', 'node'];
  const rows = places.map((at) => {
    const { index, node, outcome, process, text, took, what, at: time } = describeOperation(at);
    return element(
      'tr',
      {},
      element('td', {}, element('a', { href: `#op=${index}` }, `op ${index}`)),
      element('td', { className: 'number' }, time),
      element('td', { className: 'number' }, took),
      element('td', { className: 'number' }, String(process)),
      element('td', {}, what),
      element('td', {}, element('span', { className: `outcome ${outcome}` }, outcome)),
      element('td', { className: 'text' }, text),
      element('td', {}, node),
    );
  });
  return element(
    'table',
    { className: 'operations' },
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        head.map((name) => element('th', {}, name)),
      ),
    ),
    element('tbody', {}, rows),
  );
}
