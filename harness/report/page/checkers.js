// The table of checkers, worst first, and the anomalies with the way to them.
function checkersSection() {
  const rank = { invalid: 0, unknown: 1, valid: 2 };
  const rows = [...report.data.results]
    .sort((a, b) => rank[a.verdict] - rank[b.verdict])
    .map((result) => {
      const cell = element('td', {}, result.evidence);
      if (result.anomalies.length > 0) cell.append(anomalyList(result));
      const row = element(
        'tr',
        { id: `checker=${result.checker}` },
        element('td', {}, element('a', { href: `#checker=${result.checker}` }, result.checker)),
        element('td', {}, element('span', { className: `badge ${result.verdict}` }, result.verdict)),
        cell,
      );
      return row;
    });
  const head = element(
    'tr',
    {},
    element('th', {}, 'checker'),
    element('th', {}, 'verdict'),
    element('th', {}, 'evidence'),
  );
  return element(
    'section',
    {},
    element('h2', {}, 'Checkers'),
    element('table', {}, element('thead', {}, head), element('tbody', {}, ...rows)),
  );
}

function anomalyList(result) {
  const items = result.anomalies.map((anomaly) => {
    const item = element('li', {}, element('b', {}, anomaly.name), ` ${anomaly.detail} `);
    for (const index of anomaly.operations)
      item.append(element('a', { href: `#op=${index}` }, `op ${index}`), ' ');
    return item;
  });
  const total = Object.values(result.anomalyCounts).reduce((sum, count) => sum + count, 0);
  const label = total > items.length ? `the first ${items.length} of ${total}` : `${total} found`;
  return element(
    'details',
    { open: result.verdict === 'invalid' },
    element('summary', {}, label),
    element('ul', { className: 'anomalies' }, ...items),
  );
}

/** The first operation that an anomaly names; undefined when none does. */
function firstAnomalyOperation() {
  for (const result of report.data.results) {
    for (const anomaly of result.anomalies)
      if (anomaly.operations.length > 0) return anomaly.operations.at(-1);
  }
  return undefined;
}
