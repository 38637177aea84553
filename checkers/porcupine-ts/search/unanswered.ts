/** Operations without an answer, in groups of interchangeable ones: of each group the earliest called one is used first. */
import { readOnlyFlag } from '../program/program.ts';
import type { Problem } from './problem.ts';

export interface Unanswered {
  /** Per group its operations, earliest call first. Groups are in the order of their first calls. */
  readonly groups: readonly (readonly number[])[];
  readonly groupOf: Int32Array;
  readonly bitOf: Int32Array;
  /** How many of each group are placed. */
  readonly used: Int32Array;
  /** How many words of a configuration say which are placed: a bit for each operation, or a count for each group, whatever is shorter. */
  readonly words: number;
  readonly cover: 'bits' | 'counts';
}

export function unansweredOf(
  { operations, program, arena }: Problem,
  unanswered: readonly number[],
): Unanswered {
  const { code } = program;
  const groups: number[][] = [];
  if (unanswered.length === 0)
    return {
      groups,
      groupOf: arena.take(0),
      bitOf: arena.take(0),
      used: arena.take(0),
      words: 0,
      cover: 'bits',
    };
  const groupOf = arena.take(operations.length).fill(-1);
  const bitOf = arena.take(operations.length);
  const numbers = new Map<number | string, number>();
  let count = 0;
  for (const operation of unanswered) {
    if (((code[operation * 3] as number) & readOnlyFlag) !== 0) continue;
    if (program.isUseless?.(operation) === true) continue;
    const name = program.classOf(operation);
    let group = numbers.get(name);
    if (group === undefined) {
      group = groups.push([]) - 1;
      numbers.set(name, group);
    }
    (groups[group] as number[]).push(operation);
    groupOf[operation] = group;
    bitOf[operation] = count;
    count += 1;
  }
  const bitWords = (count + 31) >> 5;
  const counts = groups.length < bitWords;
  return {
    groups,
    groupOf,
    bitOf,
    used: arena.take(groups.length),
    words: counts ? groups.length : bitWords,
    cover: counts ? 'counts' : 'bits',
  };
}

/** Adds (1) or takes back (-1) an operation in the words that begin at `from`. */
export function toggle(
  unanswered: Unanswered,
  operation: number,
  change: 1 | -1,
  words: Int32Array,
  from: number,
): void {
  if (unanswered.cover === 'counts') {
    const at = from + (unanswered.groupOf[operation] as number);
    words[at] = (words[at] as number) + change;
  } else {
    const bit = unanswered.bitOf[operation] as number;
    words[from + (bit >> 5)] = (words[from + (bit >> 5)] as number) ^ (1 << (bit & 31));
  }
}
