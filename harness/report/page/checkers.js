// The table of checkers, worst first, each with its anomalies.
function checkersSection() {
  const rank = { invalid: 0, unknown: 1, valid: 2 };
  const rows = [...report.data.results]
    .sort((a, b) => rank[a.verdict] - rank[b.verdict])
    .map((result) => {
      const [sentence, ...more] = result.evidence.split('\n');
      const cell = element('td', {}, sentence);
      if (more.length > 0)
        cell.append(
          element('details', {}, element('summary', {}, 'more'), element('pre', {}, more.join('\n'))),
        );
      if (result.anomalies.length > 0) cell.append(anomalyList(result));
      return element(
        'tr',
        { id: `checker=${result.checker}` },
        element('td', {}, element('a', { href: `#checker=${result.checker}` }, result.checker)),
        element('td', {}, element('span', { className: `badge ${result.verdict}` }, result.verdict)),
        cell,
      );
    });
  const head = ['checker', 'verdict', 'evidence'].map((name) => element('th', {}, name));
  return element(
    'section',
    { id: 'checkers' },
    element('h2', {}, 'Checkers'),
    element('table', {}, element('thead', {}, element('tr', {}, head)), element('tbody', {}, rows)),
  );
}

function anomalyList(result) {
  const items = report.anomalies.flatMap((anomaly, number) =>
    anomaly.checker === result.checker
      ? [
          element(
            'li',
            {},
            element('a', { href: `#anomaly=${number + 1}` }, anomaly.name),
            ` ${anomaly.detail}`,
          ),
        ]
      : [],
  );
  const total = Object.values(result.anomalyCounts).reduce((sum, number) => sum + number, 0);
  const label = total > items.length ? `the first ${items.length} of ${count(total)}` : `${total} found`;
  return element(
    'details',
    { open: items.length <= 5 },
    element('summary', {}, label),
    element('ul', { className: 'anomalies' }, items),
  );
}
