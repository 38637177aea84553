// What each fault cost, by stage, and what was lost.
const recoveryStages = [
  ['detected', 'detected'],
  ['elected', 'elected'],
  ['writable', 'writable'],
  ['firstOk', 'first ok'],
  ['gap', 'longest gap'],
];

function recoverySection() {
  const factsOf = (checker) => report.data.results.find((result) => result.checker === checker)?.facts;
  const recoveries = factsOf('availability')?.recoveries ?? [];
  const section = element('section', { id: 'recovery' }, element('h2', {}, 'Recovery after each fault'));
  const lost = factsOf('log/lost');
  const rpo =
    lost === undefined
      ? ''
      : ` Of ${count(lost.acknowledged)} acknowledged messages ${lost.lost === 0 ? 'none was' : `${count(lost.lost)} were`} lost (RPO).`;
  if (recoveries.length === 0) {
    section.append(element('p', { className: 'dim' }, `No fault was injected.${rpo}`));
    return section;
  }
  section.append(
    element(
      'p',
      { className: 'dim' },
      `From the injection of the fault (RTO); the longest gap is the longest time without an acknowledged send; a dash: it did not happen.${rpo}`,
    ),
    sortableTable(
      'recoveries',
      ['fault', 'variant', 'targets', ...recoveryStages.map(([, name]) => `>${name}`)],
      recoveries.map(recoveryRow),
    ),
  );
  return section;
}

function recoveryRow(recovery) {
  const fault = report.data.faults.find(({ name }) => name === recovery.fault);
  const from = Math.max(0, (fault?.from ?? 0) / 1000 - 1).toFixed(1);
  const to = ((fault?.to ?? 0) / 1000 + 1).toFixed(1);
  const targets = recovery.targets.join(', ');
  return [
    { value: recovery.fault, content: element('a', { href: `#t=${from}-${to}` }, recovery.fault) },
    { value: recovery.variant, content: recovery.variant },
    { value: targets, content: targets },
    ...recoveryStages.map(([stage]) => {
      const ns = recovery[stage];
      const isKnown = ns !== undefined && ns !== null;
      return {
        value: isKnown ? ns : Number.POSITIVE_INFINITY,
        content: isKnown ? `${count(Math.round(ns / 1e6))} ms` : '–',
        className: 'number',
      };
    }),
  ];
}
