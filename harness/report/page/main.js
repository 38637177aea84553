// Puts the page together and follows its address: #anomaly=N, #op=N, #checker=NAME, #t=FROM-TO (seconds).
function follow() {
  const hash = decodeURIComponent(location.hash.slice(1));
  const [key, value = ''] = hash.split('=');
  for (const row of document.querySelectorAll('tr.target')) row.classList.remove('target');
  if (key === 'anomaly') {
    if (showAnomaly(Number(value) - 1)) scrollTo({ top: 0 });
  } else if (key === 'op') {
    selectOperation(Number(value));
    document.getElementById('operations').scrollIntoView();
  } else if (key === 't') {
    const [from, to] = value.split('-').map((second) => Number(second) * 1000);
    if (to > from) report.view.show(from, to);
    document.getElementById('operations').scrollIntoView();
  } else if (key === 'checker') {
    const row = document.getElementById(hash);
    row?.classList.add('target');
    row?.scrollIntoView({ block: 'center' });
  }
}

function prepare() {
  const { data } = report;
  const { end, index, start } = data.operations;
  report.open = [];
  for (const [at, number] of index.entries()) {
    report.byIndex.set(number, at);
    if (end[at] < 0) report.open.push(at);
    else report.longestMs = Math.max(report.longestMs, end[at] - start[at]);
  }
  report.view = new View(0, Math.max(1, data.record.endNs / 1e6));
  collectAnomalies();
}

async function main() {
  report.data = await unpack();
  prepare();
  const evidence = [storySection(), anomalySection(), timelineSection(), eventsSection()];
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
  document.body.append(element('div', { id: 'tip' }));
  addEventListener('hashchange', follow);
  if (report.anomalies.length > 0) showAnomaly(0);
  if (location.hash === '' && report.anomalies.length > 0) history.replaceState(null, '', '#anomaly=1');
  else follow();
  document.body.dataset.ready = 'true';
}

main().catch((error) => {
  document.getElementById('page').textContent =
    `The report cannot be drawn: ${error.message}. results.json beside it holds the findings.`;
});
