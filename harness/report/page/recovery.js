// What each fault cost, by stage.
function recoverySection() {
  const facts = report.data.results.find((result) => result.checker === 'availability')?.facts;
  if (facts === undefined || facts.recoveries.length === 0) return undefined;
  const ms = (ns) => (ns === undefined || ns === null ? '–' : `${Math.round(ns / 1e6)} ms`);
  const head = element('tr', {});
  for (const name of ['fault', 'variant', 'targets']) head.append(element('th', {}, name));
  for (const name of ['detected', 'elected', 'writable', 'first ok', 'longest gap'])
    head.append(element('th', { className: 'number' }, name));
  const rows = facts.recoveries.map((one) => {
    const window = report.data.faults.find((fault) => fault.name === one.fault);
    const link = element(
      'a',
      {
        href: `#t=${((window?.from ?? 0) / 1000 - 1).toFixed(1)}-${((window?.to ?? 0) / 1000 + 1).toFixed(1)}`,
      },
      one.fault,
    );
    const row = element(
      'tr',
      {},
      element('td', {}, link),
      element('td', {}, one.variant),
      element('td', {}, one.targets.join(', ')),
    );
    for (const stage of ['detected', 'elected', 'writable', 'firstOk', 'gap'])
      row.append(element('td', { className: 'number' }, ms(one[stage])));
    return row;
  });
  return element(
    'section',
    {},
    element('h2', {}, 'Recovery after each fault'),
    element(
      'p',
      { className: 'dim' },
      'From the injection of the fault; the longest gap is the longest time without an acknowledged send. Nothing acknowledged was lost unless the checkers above say so (RPO).',
    ),
    element('table', {}, element('thead', {}, head), element('tbody', {}, ...rows)),
  );
}
