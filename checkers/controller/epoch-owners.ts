/** One master per epoch, and nobody acknowledges for an epoch that is over. */
import type { CheckResult } from '../anomaly.ts';
import { AnomalyCollector } from '../anomaly-collector.ts';
import type { ControllerOperation } from './controller-history.ts';

/**
 * O(n log n). An acknowledgement of an old epoch counts as stale when it *began* after one of a newer epoch was complete: a late answer to
 * something decided before is no fault.
 */
export function checkEpochOwners(history: readonly ControllerOperation[]): CheckResult {
  const found = new AnomalyCollector();
  checkOwners(history, found);
  checkFuture(history, found);
  checkStale(
    history.filter(({ observer }) => observer === undefined),
    found,
  );
  checkObservers(history, found);
  const epochs = new Set(history.map(({ epoch }) => epoch));
  return found.result(
    'controller/epoch-owners',
    `${epochs.size} epochs, one master each`,
    { epochs: epochs.size },
    epochs.size === 0 ? 'nobody was seen to become master' : undefined,
  );
}

function checkOwners(history: readonly ControllerOperation[], found: AnomalyCollector): void {
  const owners = new Map<number, ControllerOperation>();
  const complained = new Set<string>();
  for (const operation of history) {
    const owner = owners.get(operation.epoch);
    if (owner === undefined) owners.set(operation.epoch, operation);
    else if (owner.broker !== operation.broker && !complained.has(`${operation.epoch} ${operation.broker}`)) {
      complained.add(`${operation.epoch} ${operation.broker}`);
      const twice = owner.kind === 'elect' && operation.kind === 'elect';
      const nodes = [owner.broker, operation.broker];
      const detail = `epoch ${operation.epoch} belongs to ${said(owner)} and to ${said(operation)}`;
      found.add({
        name: twice ? 'epoch-reuse' : 'dual-master',
        detail,
        operations: [],
        at: operation.call,
        nodes,
      });
    }
  }
}

function said({ broker, observer }: ControllerOperation): string {
  return observer === undefined || observer === broker ? broker : `${broker} (says ${observer})`;
}

function checkFuture(history: readonly ControllerOperation[], found: AnomalyCollector): void {
  const electedFrom = new Map<number, number>();
  for (const operation of history) {
    if (operation.kind !== 'elect') continue;
    electedFrom.set(operation.epoch, Math.min(operation.call, electedFrom.get(operation.epoch) ?? Infinity));
  }
  for (const operation of history) {
    const from = electedFrom.get(operation.epoch);
    if (operation.kind === 'elect' || from === undefined || operation.ret >= from) continue;
    const detail = `${operation.broker} is seen with epoch ${operation.epoch} before its election began`;
    found.add({
      name: 'future-epoch',
      detail,
      operations: [],
      at: operation.call,
      nodes: [operation.broker],
    });
  }
}

function checkStale(history: readonly ControllerOperation[], found: AnomalyCollector): void {
  const ends = [...history].filter(({ ret }) => ret !== Infinity).sort((a, b) => a.ret - b.ret);
  const starts = [...history].filter(({ kind }) => kind !== 'elect').sort((a, b) => a.call - b.call);
  let next = 0;
  let newest: ControllerOperation | undefined;
  for (const operation of starts) {
    for (let end = ends[next]; end !== undefined && end.ret < operation.call; end = ends[next]) {
      if (newest === undefined || end.epoch > newest.epoch) newest = end;
      next += 1;
    }
    if (newest === undefined || operation.epoch >= newest.epoch) continue;
    const name = operation.kind === 'ack' ? 'stale-master-ack' : 'epoch-regress';
    const nodes = [newest.broker, operation.broker];
    const detail = `${operation.broker} ${operation.kind === 'ack' ? 'acknowledges under' : 'is seen as master of'} epoch ${operation.epoch} after epoch ${newest.epoch} of ${newest.broker} was at work`;
    found.add({ name, detail, operations: [], at: operation.call, nodes });
  }
}

/** Nobody is told of an older epoch after a newer one; a controller elects under rising epochs only. */
function checkObservers(history: readonly ControllerOperation[], found: AnomalyCollector): void {
  const newest = new Map<string, ControllerOperation>();
  for (const operation of [...history].sort((a, b) => a.call - b.call)) {
    const { observer, broker, epoch, kind } = operation;
    if (observer === undefined) continue;
    // Elections and roles are different things to one that is controller and broker at once.
    const key = `${kind} ${observer}`;
    const before = newest.get(key);
    if (before === undefined || epoch >= before.epoch) newest.set(key, operation);
    else if (before.ret < operation.call) {
      const does = kind === 'elect' ? 'elects' : 'follows';
      const detail = `${observer} ${does} ${broker} for epoch ${epoch} after ${before.broker} for epoch ${before.epoch}`;
      found.add({
        name: 'epoch-regress',
        detail,
        operations: [],
        at: operation.call,
        nodes: [observer, broker],
      });
    }
  }
}
