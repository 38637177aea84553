// Verdict, plan and replay command.
function headerSection() {
  const { data } = report;
  const { plan } = data.record;
  const fact = (name, value) =>
    element('li', {}, element('span', { className: 'dim' }, `${name} `), element('b', {}, String(value)));
  const nemeses = [...new Set(data.faults.map((fault) => fault.nemesis))];
  const felt = nemeses.map(
    (nemesis) => `${nemesis} ${data.faults.filter((fault) => fault.nemesis === nemesis && fault.bit).length}`,
  );
  const section = element(
    'section',
    {},
    element(
      'h1',
      {},
      element('span', { className: `badge ${data.verdict}` }, data.verdict),
      ` ${data.title}`,
    ),
    element(
      'ul',
      { className: 'facts' },
      fact('seed', plan.seed),
      fact('started', new Date(data.record.startWallMs).toISOString()),
      fact('load', `${plan.timeLimitS} s`),
      fact('operations', data.operationCount.toLocaleString('en')),
      fact('faults felt', felt.join(' · ') || 'none'),
      fact('deployment', plan.deployment),
      fact('brokers', plan.nodes),
      fact('controllers', plan.controllers),
      fact('flushDiskType', plan.flush === 'sync' ? 'SYNC_FLUSH' : 'ASYNC_FLUSH'),
      fact('acknowledged by', 'all of the SyncStateSet'),
      fact('minInSyncReplicas', plan.minInSyncReplicas),
      fact('links', data.record.toxiproxy),
      plan.bug === undefined ? undefined : fact('seeded bug', plan.bug),
    ),
    element(
      'p',
      { className: 'dim' },
      'To run the same plan and the same faults again (the interleaving is not repeated):',
    ),
    element('pre', {}, data.record.replay),
    element(
      'details',
      {},
      element('summary', {}, 'Guarantees that apply with these settings'),
      element('ul', {}, ...data.record.guarantees.map((line) => element('li', {}, line))),
    ),
  );
  if (data.record.interrupted !== undefined)
    section.append(element('p', {}, `Interrupted: ${data.record.interrupted}`));
  return section;
}
