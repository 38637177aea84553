/** Splits a history by the model's keys. */
import type { Model } from '../model.ts';
import type { ProgramOperation } from '../program/program.ts';
import type { EncodedHistory } from './encoded-history.ts';

export interface Partition {
  readonly key: unknown;
  readonly operations: readonly ProgramOperation[];
  readonly events: Int32Array;
  /** Per operation of the partition, its position in the history as it was given; absent: the same. */
  readonly positions: Int32Array | undefined;
}

/** In the order of their first calls. */
export function partitionsOf(model: Model, history: EncodedHistory): Partition[] {
  const { operations, events, positions } = history;
  if (model.partition === undefined) {
    return operations.length === 0 ? [] : [{ key: undefined, operations, events, positions }];
  }
  const parts = new Map<unknown, number>();
  const members: ProgramOperation[][] = [];
  const eventCounts: number[] = [];
  const partOf = new Int32Array(operations.length);
  const numberIn = new Int32Array(operations.length);
  for (let operation = 0; operation < operations.length; operation += 1) {
    const one = operations[operation] as ProgramOperation;
    const key = model.partition(one.input);
    let part = parts.get(key);
    if (part === undefined) {
      part = members.push([]) - 1;
      parts.set(key, part);
      eventCounts.push(0);
    }
    partOf[operation] = part;
    numberIn[operation] = (members[part] as ProgramOperation[]).push(one) - 1;
    eventCounts[part] = (eventCounts[part] as number) + (one.return === null ? 1 : 2);
  }
  const partEvents = eventCounts.map((count) => new Int32Array(count));
  const partPositions = members.map((list) => new Int32Array(list.length));
  const filled = new Int32Array(members.length);
  for (let at = 0; at < events.length; at += 1) {
    const event = events[at] as number;
    const operation = event < 0 ? ~event : event;
    const part = partOf[operation] as number;
    const number = numberIn[operation] as number;
    (partEvents[part] as Int32Array)[filled[part] as number] = event < 0 ? ~number : number;
    filled[part] = (filled[part] as number) + 1;
    if (event >= 0)
      (partPositions[part] as Int32Array)[number] =
        positions === undefined ? event : (positions[event] as number);
  }
  return [...parts.keys()].map((key, part) => ({
    key,
    operations: members[part] as ProgramOperation[],
    events: partEvents[part] as Int32Array,
    positions: partPositions[part] as Int32Array,
  }));
}
