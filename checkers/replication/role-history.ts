/** What traces say of masters, epochs, confirmed offsets and truncations, as the checkers want it. */
import type { ControllerOperation } from '../controller/controller-history.ts';
import type { EpochStart, ReplicaObservation, TraceEvent } from '../history/replica-observation.ts';
import type { Confirmation, EpochBegin, ReplicationHistory, Truncation } from './replication-history.ts';

function numberOf(event: TraceEvent, field: string): number {
  const value = event[field];
  return typeof value === 'number' ? value : Number.NaN;
}

/** A node that took the master's role says its own broker id; `known` holds those that the controllers told. */
export function brokerNames(
  trace: readonly TraceEvent[],
  known: Readonly<Record<string, string>>,
): (brokerId: number) => string {
  const names = new Map(Object.entries(known).map(([id, name]) => [Number(id), name]));
  for (const event of trace) {
    if (event.event === 'role-changed' && event['role'] === 'master')
      names.set(numberOf(event, 'masterBrokerId'), event.node);
  }
  return (brokerId) => names.get(brokerId) ?? `broker ${brokerId}`;
}

/** Elections by the controllers, promotions of the brokers, and whom the others follow. */
export function controllerHistory(
  trace: readonly TraceEvent[],
  nodeOf: (brokerId: number) => string,
): ControllerOperation[] {
  return trace.flatMap((event): ControllerOperation[] => {
    const kind = event.event === 'elected' ? 'elect' : event.event === 'role-changed' ? 'seen' : undefined;
    const [brokerId, epoch] = [event['masterBrokerId'], event['masterEpoch']];
    if (kind === undefined || typeof brokerId !== 'number' || typeof epoch !== 'number') return [];
    const at = { call: event.time, ret: event.time, observer: event.node };
    return [{ ...at, kind, broker: nodeOf(brokerId), epoch }];
  });
}

export function replicationHistory(
  trace: readonly TraceEvent[],
  replicas: readonly ReplicaObservation[],
  endNs: number,
): ReplicationHistory {
  const reader = new TraceReader();
  for (const event of trace) reader.read(event);
  const snapshots = replicas.map(({ node, epochs, maxOffset, confirmOffset, records }) => ({
    replica: node,
    epochs,
    maxOffset,
    confirmOffset,
    digests: new Map(records.map(({ to, digest }) => [to, digest])),
    call: endNs,
    ret: endNs,
  }));
  const { confirmations, truncations, begins } = reader;
  return { snapshots, confirmations, truncations, begins };
}

class TraceReader {
  readonly confirmations: Confirmation[] = [];
  readonly truncations: Truncation[] = [];
  readonly begins: EpochBegin[] = [];
  /** Masters only, by node: the epoch they serve in. */
  readonly #masters = new Map<string, number>();
  /** By node: its epoch table as the events tell it. A table outlives its process. */
  readonly #tables = new Map<string, readonly EpochStart[]>();

  read(event: TraceEvent): void {
    const at = { replica: event.node, call: event.time, ret: event.time };
    switch (event.event) {
      case 'node-started':
        this.#masters.delete(event.node);
        break;
      case 'role-changed':
        if (event['role'] === 'master') this.#masters.set(event.node, numberOf(event, 'masterEpoch'));
        else this.#masters.delete(event.node);
        break;
      case 'epoch-started': {
        const entry = {
          epoch: numberOf(event, 'masterEpoch'),
          startOffset: numberOf(event, 'startOffset'),
        };
        this.begins.push({ ...at, ...entry });
        const older = this.#table(event.node).filter(({ startOffset }) => startOffset < entry.startOffset);
        this.#tables.set(event.node, [...older, entry]);
        break;
      }
      case 'confirm': {
        const epoch = this.#masters.get(event.node);
        if (epoch !== undefined) this.confirmations.push({ ...at, epoch, offset: numberOf(event, 'offset') });
        break;
      }
      case 'truncated':
        this.#truncated({ ...at, to: numberOf(event, 'to') }, event);
        break;
      case 'truncate-below-confirm':
        this.#truncated({ ...at, to: numberOf(event, 'offset'), refused: true }, event);
        break;
      default:
    }
  }

  #truncated(truncation: Truncation, event: TraceEvent): void {
    const table = this.#table(truncation.replica);
    const lastEpoch = table.at(-1)?.epoch;
    const ownConfirm = event['confirmOffset'];
    this.truncations.push({
      ...truncation,
      ...(lastEpoch === undefined ? {} : { lastEpoch }),
      ...(typeof ownConfirm === 'number' ? { ownConfirm } : {}),
    });
    if (truncation.refused === true) return;
    const left = table.filter(({ startOffset }) => startOffset <= truncation.to);
    this.#tables.set(truncation.replica, left);
  }

  #table(node: string): readonly EpochStart[] {
    return this.#tables.get(node) ?? [];
  }
}
