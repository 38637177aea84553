// One operation across client, nodes and epochs, in order of time: only what the run recorded, and where it did not, that.

/**
 * Steps: { at (ms; undefined: nobody knows), node ('client', a broker or undefined), what, from (the file that tells it), marks: { node: sign } }.
 * Signs: '●' it happens there; '■' the node holds it; '✂' the node cut it off; '–' the node has it not.
 */
function journeyOf(data, at) {
  const { operations, names } = data;
  const type = names.type[operations.type[at]];
  const node = names.node[operations.node[at]];
  const facts = {
    index: operations.index[at],
    f: names.f[operations.f[at]],
    type,
    queue: names.queue[operations.queue[at]],
    node,
    /** undefined: by nobody, or by a broker that is not recorded. */
    okFrom: type === 'ok' && node !== '' ? node : undefined,
    process: operations.process[at],
    start: operations.start[at],
    end: operations.end[at],
    text: operations.text[at],
  };
  const travel = facts.f === 'send' ? travelOf(data, facts.index) : undefined;
  const steps = [
    ...clientSteps(data, facts, travel),
    ...(travel === undefined ? [] : messageSteps(data, facts, travel)),
    ...faultSteps(data, facts),
  ];
  const known = steps.filter(({ at: when }) => when !== undefined).sort((a, b) => a.at - b.at);
  return {
    ...facts,
    travel,
    physicalOffset: travel !== undefined && travel.physicalOffset >= 0 ? travel.physicalOffset : undefined,
    steps: [...known, ...steps.filter(({ at: when }) => when === undefined)],
  };
}

function travelOf({ travels }, index) {
  const place = lowerBound(travels.index, index);
  if (travels.index[place] !== index) return undefined;
  const of = (column) => travels[column][place];
  return {
    queueOffset: of('queueOffset'),
    physicalOffset: of('physicalOffset'),
    reader: of('reader'),
    holders: [...travels.holderSets[of('holders')]].sort(),
  };
}

function clientSteps(data, { f, type, queue, node, process, start, end, text }, travel) {
  const host =
    process < 1000000 ? ` on w${((process % data.record.plan.concurrency) % data.clientHosts) + 1}` : '';
  const from = 'history.jsonl';
  const asked = {
    at: start,
    node: 'client',
    what: `process ${process}${host} asks: ${f} ${queue} ${f === 'send' ? text.split(' ')[0] : ''}`.trim(),
    from,
    marks: {},
  };
  if (end < 0)
    return [
      asked,
      {
        at: undefined,
        node: 'client',
        what: `no answer ever came${node === '' ? '' : `; ${node} was asked`}`,
        from,
        marks: {},
      },
    ];
  const by = node === '' ? 'a broker that is not recorded' : brokerThen(data, node, end);
  const marks = node === '' ? {} : { [node]: '●' };
  if (type !== 'ok')
    return [asked, { at: end, node: 'client', what: `${type}, after ${by}: ${text}`, from, marks }];
  const what =
    f === 'send'
      ? `acknowledged by ${by} as ${queue}@${travel?.queueOffset ?? '?'}`
      : `answered by ${by}: ${text}`;
  return [asked, { at: end, node: 'client', what, from, marks }];
}

/** 'n2 (master of epoch 4)'. */
function brokerThen(data, node, ms) {
  return `${node} (${roleText(roleAt(node, ms, data))})`;
}

function messageSteps(data, facts, travel) {
  return [
    appendedStep(data, facts, travel),
    confirmedStep(data, facts, travel),
    readStep(data, travel),
    ...cutSteps(data, facts, travel),
    ...epochSteps(data, facts, travel),
    endStep(data, travel),
  ];
}

function appendedStep(data, { okFrom, start, end }, { physicalOffset, holders }) {
  const from = okFrom !== undefined ? 'history.jsonl (offsetMsgId)' : 'replicas.jsonl';
  if (physicalOffset < 0) {
    const what =
      holders.length > 0 ? 'stored; at which byte, and when, is not recorded' : 'stored or not: not recorded';
    return { at: undefined, node: undefined, what, from: 'not recorded', marks: {} };
  }
  const when = end < 0 ? `after ${seconds(start)} s` : `between ${seconds(start)} s and ${seconds(end)} s`;
  const where =
    okFrom !== undefined ? `on ${brokerThen(data, okFrom, end)}` : 'on a master that is not recorded';
  const epoch = epochAt(data, physicalOffset);
  const under = epoch === undefined ? '' : `, which the logs in the end have under epoch ${epoch}`;
  return {
    // Shown between question and answer: that is what is known.
    at: end < 0 ? start + 0.0001 : end - 0.0001,
    node: okFrom,
    what: `appended ${where} at byte ${count(physicalOffset)}${under}; when exactly is not recorded: ${when}`,
    from,
    marks: okFrom !== undefined ? { [okFrom]: '●' } : {},
  };
}

/** Of a byte, where all replicas that hold it in the end agree. */
function epochAt({ logs }, physicalOffset) {
  const epochs = logs.replicas.flatMap(({ final }) =>
    final === null || final.maxOffset <= physicalOffset
      ? []
      : [final.epochs.findLast(({ startOffset }) => startOffset <= physicalOffset)?.epoch],
  );
  return new Set(epochs).size === 1 ? epochs[0] : undefined;
}

/** By the master that acknowledged it, as long as it was one: what another says of that byte may be of another message. */
function confirmedStep(data, { okFrom: node, start, end }, { physicalOffset }) {
  const unknown = {
    at: undefined,
    node: undefined,
    what: 'confirmed: not recorded',
    from: 'not recorded',
    marks: {},
  };
  if (physicalOffset < 0 || node === undefined) return unknown;
  const reign = data.roles.find((one) => one.node === node && one.at > end)?.at ?? Number.POSITIVE_INFINITY;
  const confirm = data.logs.confirms.find(
    (one) => one.node === node && one.at >= start && one.at <= reign && one.offset > physicalOffset,
  );
  if (confirm === undefined)
    return { ...unknown, what: `confirmed: ${node} told of no confirmed offset past it while it was master` };
  const lacking = confirm.set.filter((one) => !confirm.holders.includes(one));
  const short = lacking.length === 0 ? '' : `, not by ${lacking.join(', ')}`;
  return {
    at: confirm.at,
    node,
    what: `${node} tells that all below byte ${count(confirm.offset)} is confirmed, held by ${[...confirm.holders].sort().join(', ')}${short} of the SyncStateSet; so it was by then, at the latest`,
    from: 'trace.jsonl (confirm)',
    marks: Object.fromEntries(confirm.holders.map((holder) => [holder, '■'])),
  };
}

function readStep(data, { reader }) {
  const from = 'history.jsonl';
  if (reader < 0) return { at: undefined, node: undefined, what: 'read by nobody', from, marks: {} };
  const at = placeOf(reader, data);
  if (at === undefined)
    return {
      at: undefined,
      node: 'client',
      what: `first read by operation ${reader}, which is not drawn here`,
      from,
      marks: {},
    };
  const { operations, names } = data;
  const node = names.node[operations.node[at]];
  return {
    at: operations.end[at],
    node: 'client',
    what: `first read by process ${operations.process[at]}, from ${brokerThen(data, node, operations.end[at])}`,
    op: reader,
    from,
    marks: { [node]: '●' },
  };
}

/** From when on a log may hold the message: before its answer what stood at its place may have been another. */
function storedBy({ start, end }) {
  return end < 0 ? start : end;
}

/** Logs that became shorter than the message's place once it was there. */
function cutSteps({ logs }, facts, { physicalOffset }) {
  if (physicalOffset < 0) return [];
  return logs.replicas.flatMap(({ node, ends }) =>
    ends.flatMap(({ at, end, from, why }) => {
      if (at < storedBy(facts) || end > physicalOffset) return [];
      if (why === 'cut' && from > physicalOffset)
        return [
          {
            at,
            node,
            what: `${node} cuts its log from byte ${count(from)} back to ${count(end)}: byte ${count(physicalOffset)} goes with it`,
            from: 'trace.jsonl (truncated)',
            marks: { [node]: '✂' },
          },
        ];
      if (why === 'started')
        return [
          {
            at,
            node,
            what: `${node} comes back with a log that ends at byte ${count(end)}, before the message's place`,
            from: 'trace.jsonl (store-recovered)',
            marks: { [node]: '–' },
          },
        ];
      return [];
    }),
  );
}

/** Masters whose epoch begins at or before the message's place, once it was there: the message is no part of what they go on from. */
function epochSteps({ logs, roles }, facts, { physicalOffset }) {
  if (physicalOffset < 0) return [];
  return logs.replicas.flatMap(({ node, epochs }) =>
    epochs.flatMap(({ at, epoch, startOffset }) => {
      const isMaster = roles.some(
        (role) => role.node === node && role.role === 'master' && role.epoch === epoch,
      );
      if (at < storedBy(facts) || startOffset > physicalOffset || !isMaster) return [];
      return [
        {
          at,
          node,
          what: `${node} begins epoch ${epoch} as master at byte ${count(startOffset)}, without what stood from there on`,
          from: 'trace.jsonl (epoch-started)',
          marks: { [node]: '–' },
        },
      ];
    }),
  );
}

function endStep(data, { holders, physicalOffset }) {
  const readReplicas = [...data.travels.readReplicas].sort();
  const from = 'history.jsonl (replica-pull)';
  if (readReplicas.length === 0)
    return {
      at: undefined,
      node: undefined,
      what: 'in the end: no replica was read by itself',
      from: 'not recorded',
      marks: {},
    };
  const epoch = holders.length > 0 && physicalOffset >= 0 ? epochAt(data, physicalOffset) : undefined;
  const under = epoch === undefined ? '' : `, under epoch ${epoch}`;
  return {
    at: data.record.endNs / 1e6,
    node: undefined,
    what:
      holders.length === 0
        ? `in the end no replica has it (${readReplicas.join(', ')} were read)`
        : `in the end ${holders.join(', ')} ${holders.length === 1 ? 'has' : 'have'} it${under} (${readReplicas.join(', ')} were read)`,
    from,
    marks: Object.fromEntries(readReplicas.map((node) => [node, holders.includes(node) ? '■' : '–'])),
  };
}

/** Those that were felt between question and answer. */
function faultSteps({ faults }, { start, end }) {
  return faults
    .filter((fault) => fault.from <= (end < 0 ? Number.POSITIVE_INFINITY : end) && fault.to >= start)
    .map((fault) => ({
      at: fault.from,
      node: undefined,
      what: `meanwhile ${faultText(fault)}, to ${seconds(fault.to)} s`,
      from: 'faults.jsonl',
      marks: {},
      isFault: true,
    }));
}
