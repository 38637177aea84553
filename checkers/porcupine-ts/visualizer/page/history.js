// The history as the lanes want it, from the columns of the page.
import { timeFormat } from './time-format.js';

export function historyOf({ facts, column }) {
  const call = column('call');
  const ret = Float64Array.from(column('duration'), (duration, at) =>
    duration === 0 ? call[at] - 1 : call[at] + duration - 1,
  );
  const texts = column('texts');
  const text = column('text');
  const ids = column('ids');
  const position = column('position');
  const key = column('key');
  const metadata = column('metadata');
  const metadataTexts = column('metadataTexts');
  const id = (at) => ids?.[at] ?? String(position[at]);
  const keyText = (at) => facts.keys[key[at]]?.key ?? '';
  return {
    facts,
    key,
    lanes: facts.lanes.map((label) => ({ label })),
    operations: { lane: column('lane'), call, ret, kind: column('kind') },
    kinds: facts.kinds.map((label, at) => ({ label, colour: `--kind-${at}`, rank: 0 })),
    text: (at) => texts[text[at]],
    id,
    metadata: (at) => metadataTexts?.[metadata[at]] ?? '',
    details: (at) => [
      ...(facts.keyCount > 1 && keyText(at) !== '' ? [`Key ${keyText(at)}`] : []),
      ...((metadataTexts?.[metadata[at]] ?? '') === '' ? [] : [metadataTexts[metadata[at]]]),
    ],
    bands: facts.annotations.filter(({ to }) => to !== undefined),
    points: facts.annotations.filter(({ to }) => to === undefined).map((one) => ({ ...one, at: one.from })),
    orders: ordersOf(column),
    initialState: (order) => (order.first === 1 ? facts.initial : undefined),
    errors: facts.core.filter((at) => at >= 0),
    formatTime: timeFormat(facts),
  };
}

function ordersOf(column) {
  const [keys, firsts, lengths, totals, shares] = [
    'orderKey',
    'orderFirst',
    'orderLength',
    'orderTotal',
    'orderShared',
  ].map(column);
  const [steps, states, refusedCount, refused] = ['steps', 'states', 'refusedCount', 'refused'].map(column);
  const stateTexts = column('stateTexts');
  const firstOf = new Map();
  const orders = [];
  for (let at = 0, own = 0, named = 0; at < keys.length; at += 1) {
    const first = firstOf.get(keys[at]);
    const shared = shares[at];
    const operations = new Int32Array(lengths[at]);
    const numbers = new Int32Array(lengths[at]);
    if (shared > 0) {
      const skipped = firsts[at] + 1 - first.first;
      operations.set(first.operations.subarray(skipped, skipped + shared));
      numbers.set(first.stateNumbers.subarray(skipped, skipped + shared));
    }
    const rest = operations.length - shared;
    operations.set(steps.subarray(own, own + rest), shared);
    numbers.set(states.subarray(own, own + rest), shared);
    own += rest;
    const order = {
      key: keys[at],
      first: firsts[at] + 1,
      total: totals[at],
      operations,
      stateNumbers: numbers,
      state: (step) => (numbers[step] > 0 ? stateTexts[numbers[step] - 1] : undefined),
      refused: [...refused.subarray(named, named + refusedCount[at])],
    };
    named += refusedCount[at];
    if (first === undefined) firstOf.set(keys[at], order);
    orders.push(order);
  }
  return orders;
}
