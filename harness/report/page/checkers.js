// The table of checkers, worst first, each with its anomalies.
function checkersSection() {
  const rank = { invalid: 0, unknown: 1, valid: 2 };
  const results = [...report.data.results].sort((a, b) => rank[a.verdict] - rank[b.verdict]);
  const rows = results.map((result) => [
    { value: result.checker, content: element('a', { href: `#checker=${result.checker}` }, result.checker) },
    {
      value: rank[result.verdict],
      content: element('span', { className: `badge ${result.verdict}` }, result.verdict),
    },
    { value: result.evidence, content: evidenceOf(result) },
  ]);
  const name = (row, [{ value }]) => {
    row.id = `checker=${value}`;
  };
  return element(
    'section',
    { id: 'checkers' },
    element('h2', {}, 'Checkers'),
    sortableTable('checkers', ['checker', 'verdict', 'evidence'], rows, { decorate: name }),
  );
}

function evidenceOf(result) {
  const [sentence, ...more] = result.evidence.split('\n');
  return [
    sentence,
    more.length === 0
      ? ''
      : element('details', {}, element('summary', {}, 'more'), element('pre', {}, more.join('\n'))),
    result.anomalies.length === 0 ? '' : anomalyList(result),
  ];
}

function anomalyList(result) {
  const items = report.anomalies.flatMap((anomaly, number) =>
    anomaly.checker === result.checker
      ? [
          element(
            'li',
            {},
            element('a', { href: `#checker=${result.checker}&anomaly=${number + 1}` }, anomaly.name),
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

function markChecker(checker) {
  for (const row of document.querySelectorAll('tr.target')) row.classList.remove('target');
  const row = document.getElementById(`checker=${checker}`);
  row?.classList.add('target');
  return row;
}
