// The anomalies in order of time, one at a time: what it says, and the operations that show it.

/** Numbers them once: `#anomaly=1` is the first that happened. Those of which nobody knows when come last. */
function collectAnomalies() {
  const { results, operations } = report.data;
  const all = results.flatMap((result) =>
    result.anomalies.map((anomaly) => {
      const places = anomaly.operations.map((index) => placeOf(index)).filter((at) => at !== undefined);
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
  const step = (by) => {
    const own = anomaliesOf(readAddress().checker);
    const place = own.indexOf(report.anomaly ?? own[0]);
    const next = own[(place + by + own.length) % own.length];
    go({ checker: readAddress().checker, anomaly: next + 1 });
  };
  return element(
    'section',
    { id: 'anomaly' },
    element(
      'div',
      { className: 'tools' },
      element('h2', { id: 'anomaly-title' }, 'Anomaly'),
      element('button', { type: 'button', onclick: () => step(-1) }, 'previous'),
      element('button', { type: 'button', onclick: () => step(1) }, 'next'),
    ),
    element('div', { id: 'anomaly-body', className: roomOfAnomalies() }),
  );
}

/** Where there is one alone, nothing moves when it is shown; else all have the same room. */
function roomOfAnomalies() {
  if (report.anomalies.length === 1) return '';
  return report.anomalies.some(({ places }) => places.length > 0)
    ? 'is-one-of-many'
    : 'is-one-of-many is-brief';
}

/** Numbers from 0; of every checker where none is named, or one that found nothing. */
function anomaliesOf(checker) {
  const all = [...report.anomalies.keys()];
  const own = all.filter((number) => report.anomalies[number].checker === checker);
  return own.length > 0 ? own : all;
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

/** `number` from 0. `looks`: the plots go there too. */
function showAnomaly(number, looks) {
  const anomaly = report.anomalies[number];
  if (anomaly === undefined) return false;
  report.marked = anomaly.places;
  if (looks) lookAtAnomaly(anomaly);
  const { checker } = readAddress();
  const shown = `${number} ${checker}`;
  if (report.shownAnomaly === shown) return true;
  Object.assign(report, { anomaly: number, shownAnomaly: shown });
  report.refused?.destroy();
  const own = anomaliesOf(checker);
  const of =
    own.length < report.anomalies.length ? `, ${own.indexOf(number) + 1} of ${own.length} of ${checker}` : '';
  document.getElementById('anomaly-title').textContent =
    `Anomaly ${number + 1} of ${report.anomalies.length}${of}`;
  document
    .getElementById('anomaly-body')
    .replaceChildren(
      element(
        'p',
        {},
        element('b', { className: 'name' }, anomaly.name),
        ` ${anomaly.detail} `,
        element(
          'a',
          { href: `#checker=${anomaly.checker}`, className: 'dim' },
          `found by ${anomaly.checker}`,
        ),
      ),
      ...storyOf(anomaly),
      ...refusedHistory(anomaly),
      ...operationTables(anomaly.places),
    );
  return true;
}

function lookAtAnomaly({ places, at }) {
  const { start } = report.data.operations;
  const times = places.map((place) => start[place]);
  // Far apart they would be dots: the first is looked at, the table leads to the others.
  if (times.length > 0)
    lookAt(times[0], Math.max(...times) - times[0] < 5000 ? Math.max(...times) : times[0]);
  else if (at !== undefined) lookAt(at, at);
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

/** The operations that contradict each other and nothing else: a lane for each process, every call and answer with the same room. */
function refusedHistory({ places, name, checker }) {
  if (places.length < 2) return [];
  const box = element('div', { className: 'refused' });
  const processes = [...new Set(places.map((at) => report.data.operations.process[at]))];
  const sorted = [...places].sort((a, b) => a - b);
  box.style.height = `${60 + Math.min(8, processes.length) * 30}px`;
  // It measures itself, so it is made once it stands in the page.
  printNarrow(box, () => report.refused);
  queueMicrotask(() => {
    const data = lanesData(sorted, {
      lanes: processes.map((process) => ({ label: `process ${process}` })),
      laneOf: (at) => processes.indexOf(report.data.operations.process[at]),
      errors: sorted.map((_, place) => place),
      faults: faultsDuring(sorted),
    });
    report.refused = createLanes(box, data, {
      scale: 'order',
      wheel: 'modified',
      formatTime: formatLaneTime,
      label: `Operations that show ${name}`,
      onSelect: (place) => {
        if (place >= 0) go({ op: report.data.operations.index[sorted[place]] });
      },
    });
  });
  const title =
    checker === 'log/linearizable'
      ? `The ${places.length} operations that no order explains, by process`
      : `The ${places.length} operations that show it, by process`;
  return [element('h3', {}, title), box];
}

/** Those that were felt while these operations went on. */
function faultsDuring(places) {
  const { start, end } = report.data.operations;
  const from = Math.min(...places.map((at) => start[at]));
  const to = Math.max(...places.map((at) => Math.max(start[at], end[at])));
  return report.data.faults.filter((fault) => fault.from <= to && fault.to >= from);
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
  const { operations } = report.data;
  const rows = places.map((at) => {
    const { index, node, outcome, process, text, took, what, at: time } = describeOperation(at);
    const lasted =
      operations.end[at] < 0 ? Number.POSITIVE_INFINITY : operations.end[at] - operations.start[at];
    return [
      { value: index, content: element('a', { href: `#op=${index}` }, `op ${index}`) },
      { value: operations.start[at], content: time, className: 'number' },
      { value: lasted, content: took, className: 'number' },
      { value: process, content: String(process), className: 'number' },
      { value: what, content: what },
      { value: outcome, content: element('span', { className: `outcome ${outcome}` }, outcome) },
      { value: text, content: text, className: 'text' },
      { value: node, content: node },
    ];
  });
  const heads = ['operation', '>at', '>took', '>process', 'what', 'outcome', 'value', 'node'];
  return sortableTable('operations', heads, rows);
}
