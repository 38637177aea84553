/** What happened to the cluster, as its nodes told it, for sentences about anomalies. */
import type { TraceEvent } from '../history/replica-observation.ts';

export interface StoryEvent {
  readonly at: number;
  readonly node: string;
  /** A clause without its time. */
  readonly text: string;
}

interface Reign {
  readonly at: number;
  readonly node: string;
  readonly epoch: number;
}

export class ClusterStory {
  readonly #events: StoryEvent[] = [];
  /** In order of time: who took the master's role, and who laid it down. */
  readonly #reigns: Reign[] = [];
  readonly #ends: { readonly at: number; readonly node: string }[] = [];

  constructor(trace: readonly TraceEvent[]) {
    const starts = new Map<string, number>();
    for (const { event, node, masterEpoch, startOffset } of trace)
      if (event === 'epoch-started' && typeof startOffset === 'number')
        starts.set(`${node} ${String(masterEpoch)}`, startOffset);
    for (const event of trace) this.#read(event, starts);
  }

  /** The epoch that a node served in as master at a moment, as far as it told. */
  epochOf(node: string, at: number): number | undefined {
    let epoch: number | undefined;
    for (const reign of this.#reigns) if (reign.node === node && reign.at <= at) ({ epoch } = reign);
    const since = this.#reigns.findLast((reign) => reign.node === node && reign.at <= at)?.at ?? -Infinity;
    return this.#ends.some((end) => end.node === node && end.at > since && end.at <= at) ? undefined : epoch;
  }

  /** In order of time. */
  between(from: number, to: number): StoryEvent[] {
    return this.#events.filter(({ at }) => at >= from && at <= to);
  }

  #read(event: TraceEvent, starts: ReadonlyMap<string, number>): void {
    const { node, time: at, masterEpoch, role, from, to, confirmOffset, offset } = event;
    const tell = (text: string) => this.#events.push({ at, node, text });
    switch (event.event) {
      case 'role-changed': {
        if (role !== 'master' || typeof masterEpoch !== 'number') {
          this.#ends.push({ at, node });
          break;
        }
        this.#reigns.push({ at, node, epoch: masterEpoch });
        const start = starts.get(`${node} ${masterEpoch}`);
        tell(
          `${node} became master of epoch ${masterEpoch}${start === undefined ? '' : `, which starts at byte ${start}`}`,
        );
        break;
      }
      case 'truncated': {
        const known = typeof confirmOffset === 'number' ? ` (it knew ${confirmOffset} as confirmed)` : '';
        tell(`${node} cut its log from byte ${String(from)} back to byte ${String(to)}${known}`);
        break;
      }
      case 'truncate-below-confirm':
        tell(`${node} refused to cut its log to byte ${String(offset)}, below what it knew as confirmed`);
        break;
      case 'node-started':
        this.#ends.push({ at, node });
        tell(`${node} started`);
        break;
      default:
    }
  }
}

/** 'n2 (master of epoch 4)'. */
export function brokerAt(story: ClusterStory, node: string, at: number): string {
  if (node === '') return 'a broker';
  const epoch = story.epochOf(node, at);
  return epoch === undefined ? node : `${node} (master of epoch ${epoch})`;
}
