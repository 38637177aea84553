/** Where the messages of a run went, as far as clients saw it: who read each first, and which replicas give it in the end. */
import type { PairedOperation } from '../../checkers/history/paired-operations.ts';
import type { ReplicaObservation } from '../../checkers/history/replica-observation.ts';

/** Of sends, in columns, in order of `index`; -1 where nothing was recorded. */
export interface ReportTravels {
  /** Index of the send's invocation, each as its distance from the one before. */
  readonly index: readonly number[];
  readonly queueOffset: readonly number[];
  readonly physicalOffset: readonly number[];
  /** Index of the invocation of the read that gave the message first. */
  readonly reader: readonly number[];
  /** Places in `holderSets`: the replicas that gave it when each was read alone in the end. */
  readonly holders: readonly number[];
  readonly holderSets: readonly (readonly string[])[];
  /** Replicas that were read alone in the end, to their very last message. */
  readonly readReplicas: readonly string[];
}

interface Travel {
  readonly index: number;
  readonly queue: string;
  readonly queueOffset: number;
  readonly physicalOffset: number;
}

export class MessageTravels {
  readonly #sends = new Map<string, Travel>();
  readonly #firstReader = new Map<string, number>();
  /** By message: a bit for each replica. */
  readonly #holders = new Map<string, number>();
  readonly #replicas: string[] = [];
  /** By queue: what was last read at each offset. Most reads give what others gave before them. */
  readonly #seen = new Map<string, string[]>();
  /** By message: where a replica gave it in the end. */
  readonly #offsets = new Map<string, number>();

  add({ invoked, done }: PairedOperation): void {
    if (invoked.f === 'send') {
      const { index, value } = invoked;
      const { offset = -1, physicalOffset = -1 } = done?.f === 'send' ? done.value : {};
      this.#sends.set(value.message, { index, queue: value.queue, queueOffset: offset, physicalOffset });
    } else if (done?.type === 'ok' && (done.f === 'pull' || done.f === 'replica-pull')) {
      const { queue, messages = [] } = done.value;
      if (done.f === 'pull') this.#read(invoked.index, queue, messages);
      else this.#held(done.node ?? '', messages);
    }
  }

  /** Of the sends among `indexes`, which rise. */
  columns(indexes: readonly number[], replicas: readonly ReplicaObservation[]): ReportTravels {
    const wanted = new Set(indexes);
    const places = placesInLogs(replicas);
    const rows = [...this.#sends].filter(([, { index }]) => wanted.has(index));
    rows.sort(([, a], [, b]) => a.index - b.index);
    const masks = [...new Set(rows.map(([message]) => this.#holders.get(message) ?? 0))];
    const codes = new Map(masks.map((mask, code) => [mask, code]));
    const queueOffset = rows.map(([message, send]) =>
      send.queueOffset >= 0 ? send.queueOffset : (this.#offsets.get(message) ?? -1),
    );
    return {
      index: rows.map(([, { index }], at) => index - (rows[at - 1]?.[1].index ?? 0)),
      queueOffset,
      physicalOffset: rows.map(([, { queue, physicalOffset }], at) =>
        physicalOffset >= 0 ? physicalOffset : (places.get(`${queue}@${queueOffset[at]}`) ?? -1),
      ),
      reader: rows.map(([message]) => this.#firstReader.get(message) ?? -1),
      holders: rows.map(([message]) => codes.get(this.#holders.get(message) ?? 0) ?? 0),
      holderSets: masks.map((mask) => this.#replicas.filter((_, bit) => (mask & (1 << bit)) !== 0)),
      readReplicas: this.#replicas,
    };
  }

  #read(index: number, queue: string, messages: readonly (readonly [number, string])[]): void {
    const seen = this.#seen.get(queue) ?? [];
    this.#seen.set(queue, seen);
    for (const [offset, message] of messages) {
      if (seen[offset] === message) continue;
      seen[offset] = message;
      if (!this.#firstReader.has(message)) this.#firstReader.set(message, index);
    }
  }

  #held(node: string, messages: readonly (readonly [number, string])[]): void {
    if (!this.#replicas.includes(node)) this.#replicas.push(node);
    const bit = 1 << this.#replicas.indexOf(node);
    for (const [offset, message] of messages) {
      this.#holders.set(message, (this.#holders.get(message) ?? 0) | bit);
      this.#offsets.set(message, offset);
    }
  }
}

/** By 'queue@offset'; of those of which replicas hold several, none. */
function placesInLogs(replicas: readonly ReplicaObservation[]): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  for (const { records } of replicas)
    for (const { from, message } of records)
      if (message !== undefined) places.set(message, places.has(message) ? -1 : from);
  return places;
}
