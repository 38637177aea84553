// Puts the page together and follows its address: #op=N, #checker=NAME, #t=FROM-TO.
function follow() {
  const hash = decodeURIComponent(location.hash.slice(1));
  const [key, value = ''] = hash.split('=');
  for (const row of document.querySelectorAll('tr.target')) row.classList.remove('target');
  if (key === 'op') select(Number(value));
  else if (key === 't') {
    const [from, to] = value.split('-').map((second) => Number(second) * 1000);
    if (to > from) report.view.show(from, to);
    document.querySelector('canvas')?.scrollIntoView({ block: 'center' });
  } else if (key === 'checker') {
    const row = document.getElementById(hash);
    row?.classList.add('target');
    row?.scrollIntoView({ block: 'center' });
  }
}

function select(index) {
  const at = report.byIndex.get(index);
  const box = document.getElementById('selected');
  if (at === undefined) return;
  const { operations } = report.data;
  report.selected = index;
  const start = operations.start[at];
  const end = operations.end[at] < 0 ? start + 1000 : operations.end[at];
  const margin = Math.max(500, (end - start) * 2);
  report.view.show(start - margin, end + margin);
  box.hidden = false;
  box.textContent = describeOperation(at);
  box.scrollIntoView({ block: 'center' });
}

async function main() {
  report.data = await unpack();
  const { data } = report;
  for (const [at, index] of data.operations.index.entries()) report.byIndex.set(index, at);
  report.view = new View(0, data.record.endNs / 1e6);
  const page = document.getElementById('page');
  const sections = [
    headerSection(),
    checkersSection(),
    timelineSection(),
    latencySection(),
    rateSection(),
    recoverySection(),
  ];
  page.replaceChildren(...sections.filter((section) => section !== undefined));
  document.body.append(element('div', { id: 'tip' }));
  document.body.dataset.ready = 'true';
  addEventListener('hashchange', follow);
  const first = firstAnomalyOperation();
  if (location.hash === '' && first !== undefined) location.hash = `#op=${first}`;
  else follow();
}

main().catch((error) => {
  document.getElementById('page').textContent =
    `The report cannot be drawn: ${error.message}. results.json beside it holds the findings.`;
});
