/** One thing that will happen in the simulated world, and the queue of them. */
import type { Timer } from '../../../cluster/runtime/clock.ts';

/** The kinds are counted in the digest and named in the report of a run that reached its limit. */
export type SimEventKind =
  | 'timer'
  | 'soon'
  | 'listen'
  | 'connect'
  | 'accept'
  | 'arrive'
  | 'drain'
  | 'close'
  | 'disk';

/** The life an event belongs to; a dead one's events never happen, a stopped one's wait. */
export interface EventOwner {
  readonly ownerId: number;
  /** For reports. */
  readonly name: string;
  readonly alive: boolean;
  readonly paused: boolean;
  defer(event: SimEvent): void;
  /** The code of the life threw out of an event. */
  uncaught(error: unknown): void;
}

export class SimEvent implements Timer {
  timeUs: number;
  /** Among events of one time: drawn for each life, so that the first of two lives is luck. */
  lot: number;
  /** Among events of one time and life: the order they were asked for. */
  sequence: number;
  /** Undefined: the world's own, no life can stop it. */
  readonly owner: EventOwner | undefined;
  readonly kind: SimEventKind;
  /** Undefined: was cancelled or has happened. */
  fire: (() => void) | undefined;

  constructor(
    timeUs: number,
    lot: number,
    sequence: number,
    owner: EventOwner | undefined,
    kind: SimEventKind,
    fire: () => void,
  ) {
    this.timeUs = timeUs;
    this.lot = lot;
    this.sequence = sequence;
    this.owner = owner;
    this.kind = kind;
    this.fire = fire;
  }

  cancel(): void {
    this.fire = undefined;
  }
}

function isBefore(left: SimEvent, right: SimEvent): boolean {
  if (left.timeUs !== right.timeUs) return left.timeUs < right.timeUs;
  if (left.lot !== right.lot) return left.lot < right.lot;
  return left.sequence < right.sequence;
}

/** A binary heap ordered by (time, lot, sequence). */
export class SimEventQueue {
  readonly #heap: SimEvent[] = [];

  first(): SimEvent | undefined {
    return this.#heap[0];
  }

  all(): readonly SimEvent[] {
    return this.#heap;
  }

  /** After times were changed: puts all in order again. */
  reorder(): void {
    for (const event of this.#heap.splice(0)) this.add(event);
  }

  add(event: SimEvent): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(event);
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex] as SimEvent;
      if (!isBefore(event, parent)) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = event;
  }

  takeFirst(): SimEvent | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let childIndex = 2 * index + 1;
      if (childIndex >= heap.length) break;
      let child = heap[childIndex] as SimEvent;
      const right = heap[childIndex + 1];
      if (right !== undefined && isBefore(right, child)) {
        child = right;
        childIndex++;
      }
      if (!isBefore(child, last)) break;
      heap[index] = child;
      index = childIndex;
    }
    heap[index] = last;
    return first;
  }
}
