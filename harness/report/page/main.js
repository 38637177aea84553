// Puts the page together and follows its address.
let lastFollowed = {};

function follow() {
  const parts = readAddress();
  const { anomaly, checker, op, t, q = '' } = parts;
  applyQueue(q);
  const row = markChecker(checker);
  const looks = timeOf(t) === undefined;
  report.marked = [];
  const own = anomaliesOf(checker);
  const isOfChecker = checker !== undefined && own.length < report.anomalies.length;
  const isAnomaly = anomaly !== undefined || isOfChecker;
  const said = anomaly === undefined ? undefined : Number(anomaly) - 1;
  showAnomaly(said ?? (isOfChecker ? own[0] : (report.anomaly ?? 0)), looks && isAnomaly);
  if (op === undefined) showExample();
  else selectOperation(Number(op), looks);
  if (!looks) report.view.show(...timeOf(t));
  else if (op === undefined && !isAnomaly) report.view.show(...report.view.all);
  report.view.changed();
  markInLanes();
  scrollToChanged(parts, row);
  lastFollowed = parts;
}

function timeOf(t) {
  const [from, to] = (t ?? '').split('-').map((second) => Number(second) * 1000);
  return to > from ? [from, to] : undefined;
}

/** An unknown queue filters nothing. */
function applyQueue(q) {
  const queue = report.data.names.queue.includes(q) ? q : '';
  document.getElementById('filter-queue').value = queue;
  setFilter('queue', queue);
}

/** To what the address names newly, most telling first. */
function scrollToChanged({ anomaly, checker, op, t }, row) {
  const isNew = (key, value) => value !== undefined && value !== lastFollowed[key];
  if (isNew('op', op)) document.getElementById('journey').scrollIntoView();
  else if (isNew('anomaly', anomaly)) scrollTo({ top: 0 });
  else if (isNew('checker', checker)) row?.scrollIntoView({ block: 'center' });
  else if (isNew('t', t) && op === undefined) document.getElementById('operations').scrollIntoView();
}

function prepare() {
  const { data } = report;
  const { end, start } = data.operations;
  report.open = [];
  for (let at = 0; at < end.length; at += 1) {
    if (end[at] < 0) report.open.push(at);
    else if (end[at] - start[at] > report.longestMs) report.longestMs = end[at] - start[at];
  }
  report.view = new View(0, Math.max(1, data.record.endNs / 1e6));
  prepareFaults();
  collectAnomalies();
}

async function main() {
  report.data = await unpack();
  prepare();
  const said = element('div', { id: 'said', className: 'unseen' });
  said.setAttribute('aria-live', 'polite');
  document.body.append(element('div', { id: 'tip' }), said);
  const evidence = [
    storySection(),
    anomalySection(),
    timelineSection(),
    journeySection(),
    replicaMapSection(),
    eventsSection(),
  ];
  const checkers = checkersSection();
  // Where something is wrong, that comes first.
  const first = report.anomalies.length > 0 ? [...evidence, checkers] : [checkers, ...evidence];
  const sections = [
    headerSection(),
    ...first,
    latencySection(),
    rateSection(),
    clocksSection(),
    recoverySection(),
  ];
  document.getElementById('page').replaceChildren(...sections.filter((section) => section !== undefined));
  followLinks();
  onScheme(() => report.refused?.refresh());
  addEventListener('hashchange', follow);
  if (location.hash === '' && report.anomalies.length > 0) {
    history.replaceState(null, '', '#anomaly=1');
    lastFollowed = { anomaly: '1' };
  }
  follow();
  // The bench reads it.
  performance.mark('report-ready');
  document.body.dataset.ready = 'true';
}

main().catch((error) => {
  document.getElementById('page').textContent =
    `The report cannot be drawn: ${error.message}. results.json beside it holds the findings.`;
});
