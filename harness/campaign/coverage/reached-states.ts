/**
 * What a run came to, as names: states of the servers from their trace events, guards, outcomes of operations, faults that bit. A campaign
 * that never reached one of those it must reach has not tried what is behind it.
 */
import { foundNoTarget } from '../../../checkers/history/fault-window.ts';
import type { TraceEvent } from '../../../checkers/history/replica-observation.ts';
import type { SimulatedRun } from '../../simulation/run-in-simulation.ts';

export function reachedIn(run: SimulatedRun): readonly string[] {
  const { evidence } = run.judgement;
  const reached = new Set<string>(run.guards.map((guard) => `guard ${guard}`));
  const sizes = new Map<string, number>();
  for (const event of evidence.trace) for (const name of statesOf(event, sizes)) reached.add(name);
  for (const { f, type, error } of run.output.history.operations) {
    if (type === 'ok') reached.add(`${f} ok`);
    if (type === 'fail' || type === 'info') reached.add(`${f} ${type}: ${kindOfError(error ?? '')}`);
  }
  for (const window of evidence.windows) {
    const { nemesis, variant } = window;
    if (window.active !== undefined) reached.add(`fault ${nemesis} ${variant}`);
    else if (foundNoTarget(window)) reached.add(`fault ${nemesis} without a target`);
  }
  return [...reached].sort();
}

/** `sizes`: of the last SyncStateSet that each node told. */
function statesOf(event: TraceEvent, sizes: Map<string, number>): readonly string[] {
  const kind = event.event;
  const text = (field: string) => String(event[field] ?? 'none');
  switch (kind) {
    case 'role-changed':
    case 'leadership':
      return [`${kind} ${text('role')}`];
    case 'ha-connection':
      return [`${kind} ${text('state')}`];
    case 'broker-inactive':
      return [`${kind} ${text('reason')}`];
    case 'elected':
      return [`${kind} ${event['masterBrokerId'] == null ? 'nobody' : 'a master'}`];
    case 'sync-state-set': {
      const set = event['set'];
      const size = Array.isArray(set) ? set.length : 0;
      const before = sizes.get(event.node) ?? size;
      sizes.set(event.node, size);
      return [`${kind} ${size > before ? 'grew' : size < before ? 'shrank' : 'kept its size'}`];
    }
    case 'store-recovered':
      return [
        `${kind} ${event['clean'] === true ? 'clean' : 'unclean'}`,
        ...(Number(event['truncatedBytes'] ?? 0) > 0 ? [`${kind} with a torn end`] : []),
      ];
    case 'confirm':
      return [];
    default:
      return [kind];
  }
}

/** Code and reason alone, without addresses and numbers: "SERVICE_NOT_AVAILABLE (#): this broker is a slave". */
function kindOfError(error: string): string {
  const plain = error.replace(/\b[ncw]\d+(:\d+)?\b/g, 'HOST').replace(/\d+(\.\d+)?/g, '#');
  return plain
    .split(/: |[;,]/, 2)
    .join(': ')
    .trim();
}
