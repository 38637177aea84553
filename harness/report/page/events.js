// What the harness did and what the servers said of themselves in the visible stretch of time.
const eventsShown = 200;

function eventsSection() {
  const { data } = report;
  const faults = data.faults.flatMap((fault) => [
    { at: fault.from, node: '', event: 'fault injected', text: faultText(fault) },
    { at: fault.to, node: '', event: 'fault over', text: fault.name },
  ]);
  const all = [...data.events, ...faults].sort((a, b) => a.at - b.at);
  const times = all.map(({ at }) => at);
  const title = element('summary', {}, '');
  const box = element('div', { className: 'scroll', tabIndex: 0 });
  box.setAttribute('role', 'region');
  box.setAttribute('aria-label', 'Cluster events of the visible stretch');
  const sorting = {};
  const update = oncePerFrame(() => {
    const { from, to, all: whole } = report.view;
    // What was said before the start of the run belongs to its beginning.
    const first = from <= whole[0] ? 0 : lowerBound(times, from);
    const last = lowerBound(times, to);
    const cut = last - first > eventsShown ? `, the first ${eventsShown} of them` : '';
    title.textContent = `${count(last - first)} cluster events from ${seconds(from)} s to ${seconds(to)} s${cut}`;
    const shown = all.slice(first, Math.min(last, first + eventsShown));
    const decorate = (row, [, { value }]) => row.classList.toggle('fault', value === '');
    const heads = ['>at', 'node', 'event', 'what'];
    box.replaceChildren(sortableTable('events', heads, shown.map(eventCells), { decorate, sorting }));
  });
  report.view.listeners.push(update);
  update();
  const cut =
    data.events.length < data.eventCount
      ? ` The first ${count(data.events.length)} of ${count(data.eventCount)} events of the run are here; trace.jsonl has all.`
      : '';
  return element(
    'section',
    { id: 'events' },
    element('h2', {}, 'Cluster events'),
    element('details', { open: true }, title, box),
    cut === '' ? undefined : element('p', { className: 'dim' }, cut),
  );
}

function eventCells({ at, node, event, text }) {
  const time = element(
    'a',
    { href: `#t=${shortSeconds(at - 500)}-${shortSeconds(at + 500)}` },
    `${seconds(at)} s`,
  );
  return [
    { value: at, content: time, className: 'number' },
    { value: node, content: node },
    { value: event, content: event },
    { value: text, content: text, className: 'text' },
  ];
}
