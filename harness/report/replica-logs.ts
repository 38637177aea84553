/** What each replica's log held over time, as far as traces and the stopped replicas tell: no more is known than stands here. */
import type {
  EpochStart,
  ReplicaObservation,
  TraceEvent,
} from '../../checkers/history/replica-observation.ts';

/** What is known of the end of a log at a moment. */
export interface LogEnd {
  readonly at: number;
  readonly end: number;
  /** 'started': a log that was read at the start of the node. 'stopped': at the end of the run, from its files. */
  readonly why: 'epoch' | 'confirm' | 'cut' | 'started' | 'stopped';
  /** Of a cut: where the log ended before. */
  readonly from?: number;
}

export interface ReportReplica {
  readonly node: string;
  /** In order of time. Between two the log is known to be no shorter than at the first, but where the second is a cut or a start. */
  readonly ends: readonly LogEnd[];
  /** The epochs as the node began them, in order of time. */
  readonly epochs: readonly (EpochStart & { readonly at: number })[];
  /** What its files held once it had stopped; null where they could not be read. */
  readonly final: {
    readonly epochs: readonly EpochStart[];
    readonly maxOffset: number;
    readonly confirmOffset: number;
  } | null;
}

/** A master said up to where all was confirmed, and who held that. */
export interface ReportConfirm {
  readonly at: number;
  readonly node: string;
  readonly offset: number;
  readonly set: readonly string[];
  readonly holders: readonly string[];
}

export interface ReportLogs {
  readonly replicas: readonly ReportReplica[];
  readonly confirms: readonly ReportConfirm[];
}

export interface LogFacts {
  readonly trace: readonly TraceEvent[];
  readonly replicas: readonly ReplicaObservation[];
  /** Node by broker id. */
  readonly brokerIds: Readonly<Record<string, string>>;
  readonly endNs: number;
}

/** Confirmed offsets that are kept; of more, every so-many-th: each one alone stays true. */
const confirmsMax = 8000;

export function replicaLogs({ trace, replicas, brokerIds, endNs }: LogFacts): ReportLogs {
  const nodes = new Map<string, { ends: LogEnd[]; epochs: (EpochStart & { at: number })[] }>();
  const of = (node: string) => {
    const known = nodes.get(node) ?? { ends: [], epochs: [] };
    nodes.set(node, known);
    return known;
  };
  const names = (ids: unknown) =>
    Array.isArray(ids) ? ids.map((id) => brokerIds[String(id)] ?? `broker ${String(id)}`) : [];
  const confirms: ReportConfirm[] = [];
  const told = trace.filter(({ event }) => event === 'confirm').length;
  const step = Math.ceil(told / confirmsMax);
  let seen = 0;
  for (const event of trace) {
    const { node, time, startOffset, masterEpoch, from, to, maxOffset, offset } = event;
    const at = time / 1e6;
    if (event.event === 'confirm' && typeof offset === 'number') {
      seen += 1;
      if (seen % step !== 0) continue;
      const holders = names(event['holders']);
      confirms.push({ at, node, offset, set: names(event['set']), holders });
      for (const holder of holders) of(holder).ends.push({ at, end: offset, why: 'confirm' });
    } else if (
      event.event === 'epoch-started' &&
      typeof startOffset === 'number' &&
      typeof masterEpoch === 'number'
    ) {
      of(node).epochs.push({ at, epoch: masterEpoch, startOffset });
      of(node).ends.push({ at, end: startOffset, why: 'epoch' });
    } else if (event.event === 'truncated' && typeof to === 'number' && typeof from === 'number')
      of(node).ends.push({ at, end: to, why: 'cut', from });
    else if (event.event === 'store-recovered' && typeof maxOffset === 'number')
      of(node).ends.push({ at, end: maxOffset, why: 'started' });
  }
  for (const { node, maxOffset } of replicas)
    of(node).ends.push({ at: endNs / 1e6, end: maxOffset, why: 'stopped' });
  return {
    confirms,
    replicas: [...nodes]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([node, { ends, epochs }]) => ({
        node,
        ends: certain(ends),
        epochs,
        final: finalOf(replicas.find((replica) => replica.node === node)),
      })),
  };
}

/** A log that is known to be as long already is not told of again. */
function certain(ends: readonly LogEnd[]): LogEnd[] {
  const kept: LogEnd[] = [];
  let end = -1;
  for (const fact of ends) {
    const isExact = fact.why === 'cut' || fact.why === 'started' || fact.why === 'stopped';
    if (!isExact && fact.end <= end) continue;
    kept.push(fact);
    end = fact.end;
  }
  return kept;
}

function finalOf(replica: ReplicaObservation | undefined): ReportReplica['final'] {
  if (replica === undefined) return null;
  const { epochs, maxOffset, confirmOffset } = replica;
  return { epochs, maxOffset, confirmOffset };
}
