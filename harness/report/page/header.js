// Verdict, what was found, the settings and the replay command.
function headerSection() {
  const { data } = report;
  const { plan } = data.record;
  return element(
    'section',
    { id: 'header' },
    element(
      'h1',
      {},
      element('span', { className: `badge ${data.verdict}` }, data.verdict),
      ` ${data.title}`,
    ),
    element('p', { className: 'found' }, found()),
    facts(plan),
    element(
      'p',
      { className: 'dim' },
      plan.deployment === 'sim'
        ? 'The same run again, event by event:'
        : 'The same plan and the same faults again; the interleaving of a real run is not repeated:',
    ),
    element(
      'div',
      { className: 'command' },
      element('pre', {}, data.record.replay),
      ...copyButton('copy', 'Copies the command', () => data.record.replay),
    ),
    element(
      'details',
      {},
      element('summary', {}, 'Guarantees that apply with these settings, and what ran'),
      element(
        'ul',
        {},
        data.record.guarantees.map((line) => element('li', {}, line)),
      ),
      element(
        'ul',
        { className: 'facts' },
        Object.entries(data.record.versions).map(([name, value]) => fact(name, value)),
      ),
    ),
  );
}

/** One sentence. */
function found() {
  const { verdict, results, record } = report.data;
  const parts = [];
  const counts = new Map();
  for (const { anomalyCounts } of results)
    for (const [name, number] of Object.entries(anomalyCounts))
      counts.set(name, (counts.get(name) ?? 0) + number);
  if (counts.size > 0) parts.push([...counts].map(([name, number]) => `${count(number)} ${name}`).join(', '));
  const unsure = results.filter((result) => result.verdict === 'unknown').map(({ checker }) => checker);
  if (unsure.length > 0) parts.push(`nothing could be said by ${unsure.join(', ')}`);
  if (record.interrupted !== undefined) parts.push(`the run was interrupted: ${record.interrupted}`);
  if (parts.length > 0) return `${parts.join('; ')}.`;
  return verdict === 'valid' ? `All ${results.length} checkers looked, and found nothing wrong.` : '';
}

function fact(name, value) {
  return element(
    'li',
    {},
    element('span', { className: 'dim' }, `${name} `),
    element('b', {}, String(value)),
  );
}

function facts(plan) {
  const { data } = report;
  const felt = [...new Set(data.faults.map((fault) => fault.nemesis))].map((nemesis) => {
    const own = data.faults.filter((fault) => fault.nemesis === nemesis);
    const bit = own.filter((fault) => fault.bit).length;
    return `${nemesis} ${bit === own.length ? bit : `${bit} of ${own.length}`}`;
  });
  const started = new Date(data.record.startWallMs).toISOString();
  const phases = Object.entries(data.record.phases).map(([name, took]) => `${name} ${took.toFixed(1)} s`);
  return element(
    'ul',
    { className: 'facts' },
    fact('seed', plan.seed),
    fact('started', `${started.slice(0, 10)} ${started.slice(11, 19)} UTC`),
    fact('operations', count(data.operationCount)),
    fact('faults felt', felt.join(' · ') || 'none'),
    fact('brokers', plan.nodes),
    fact('controllers', plan.controllers),
    fact('deployment', plan.deployment),
    fact('Toxiproxy', data.record.toxiproxy || plan.toxiproxy),
    data.record.clocks === undefined ? undefined : fact('clocks moved by', data.record.clocks),
    fact('flushDiskType', plan.flush === 'sync' ? 'SYNC_FLUSH' : 'ASYNC_FLUSH'),
    fact('acknowledged by', 'all of the SyncStateSet'),
    fact('minInSyncReplicas', plan.minInSyncReplicas),
    plan.bug === undefined ? undefined : fact('seeded bug', plan.bug),
    fact('time', phases.join(' · ')),
  );
}
