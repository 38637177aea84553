/** What traces say of masters, epochs, confirmed offsets and truncations, as the checkers want it. */
import type { ControllerOperation } from '../controller/controller-history.ts';
import type { ReplicaObservation, TraceEvent } from '../history/replica-observation.ts';
import type { Confirmation, ReplicationHistory, Truncation } from './replication-history.ts';

function numberOf(event: TraceEvent, field: string): number {
  const value = event[field];
  return typeof value === 'number' ? value : Number.NaN;
}

/** Elections by the controllers and promotions by the brokers. `nodeOf`: the host of a controller's broker id. */
export function controllerHistory(
  trace: readonly TraceEvent[],
  nodeOf: (brokerId: number) => string,
): ControllerOperation[] {
  return trace.flatMap((event): ControllerOperation[] => {
    if (event.event === 'elected') {
      const broker = nodeOf(numberOf(event, 'masterBrokerId'));
      return [
        { kind: 'elect', broker, epoch: numberOf(event, 'masterEpoch'), call: event.time, ret: event.time },
      ];
    }
    if (event.event === 'role-changed' && event['role'] === 'master') {
      // A slow broker may learn of its election when it is over, so nothing is said of when it began.
      return [
        { kind: 'seen', broker: event.node, epoch: numberOf(event, 'masterEpoch'), call: 0, ret: event.time },
      ];
    }
    return [];
  });
}

export function replicationHistory(
  trace: readonly TraceEvent[],
  replicas: readonly ReplicaObservation[],
  endNs: number,
): ReplicationHistory {
  const confirmations: Confirmation[] = [];
  const truncations: Truncation[] = [];
  const roles = new Map<string, { readonly master: boolean; readonly epoch: number }>();
  for (const event of trace) {
    const at = { replica: event.node, call: event.time, ret: event.time };
    if (event.event === 'node-started') roles.delete(event.node);
    else if (event.event === 'role-changed') {
      roles.set(event.node, { master: event['role'] === 'master', epoch: numberOf(event, 'masterEpoch') });
    } else if (event.event === 'confirm' && roles.get(event.node)?.master === true) {
      const epoch = roles.get(event.node)?.epoch ?? 0;
      confirmations.push({ ...at, epoch, offset: numberOf(event, 'offset') });
    } else if (event.event === 'truncated') truncations.push({ ...at, to: numberOf(event, 'to') });
  }
  const snapshots = replicas.map(({ node, epochs, maxOffset, confirmOffset, records }) => ({
    replica: node,
    epochs,
    maxOffset,
    confirmOffset,
    digests: new Map(records.map(({ to, digest }) => [to, digest])),
    call: endNs,
    ret: endNs,
  }));
  return { snapshots, confirmations, truncations };
}
