/** Operations without an answer, in groups of interchangeable ones: of each group the earliest called one is used first. */
import { readOnlyFlag } from '../program/program.ts';
import type { Problem } from './problem.ts';

export interface Unanswered {
  /** Per group its operations, earliest call first. Groups are in the order of their first calls. */
  readonly groups: readonly Int32Array[];
  readonly groupOf: Int32Array;
  /** How many of each group are placed. */
  readonly used: Int32Array;
  /** How many words of a configuration say which are placed: a bit for each operation, or a count for each group, whatever is shorter. */
  readonly words: number;
  readonly cover: 'bits' | 'counts';
  /** Adds (1) or takes back (-1) an operation in the words that begin at `from`. */
  toggle(operation: number, change: 1 | -1, words: Int32Array, from: number): void;
}

export function unansweredOf(problem: Problem): Unanswered {
  const { operations, returns, program } = problem;
  if (problem.answered === operations) return none;
  const members = new Map<number | string, number[]>();
  const groupOf = new Int32Array(operations).fill(-1);
  const bitOf = new Int32Array(operations);
  let count = 0;
  for (let operation = 0; operation < operations; operation += 1) {
    if ((returns[operation] as number) >= 0) continue;
    if (((program.code[operation * 3] as number) & readOnlyFlag) !== 0) continue;
    if (program.isUseless?.(operation) === true) continue;
    const name = program.classOf(operation);
    const group = members.get(name);
    if (group === undefined) members.set(name, [operation]);
    else group.push(operation);
    bitOf[operation] = count;
    count += 1;
  }
  const groups = [...members.values()].map((group) => Int32Array.from(group));
  for (const [index, group] of groups.entries()) for (const operation of group) groupOf[operation] = index;
  const bitWords = (count + 31) >> 5;
  const used = new Int32Array(groups.length);
  if (groups.length < bitWords) {
    return {
      groups,
      groupOf,
      used,
      words: groups.length,
      cover: 'counts',
      toggle(operation, change, words, from) {
        const at = from + (groupOf[operation] as number);
        words[at] = (words[at] as number) + change;
      },
    };
  }
  return {
    groups,
    groupOf,
    used,
    words: bitWords,
    cover: 'bits',
    toggle(operation, _change, words, from) {
      const bit = bitOf[operation] as number;
      words[from + (bit >> 5)] = (words[from + (bit >> 5)] as number) ^ (1 << (bit & 31));
    },
  };
}

const none: Unanswered = {
  groups: [],
  groupOf: new Int32Array(0),
  used: new Int32Array(0),
  words: 0,
  cover: 'bits',
  toggle: () => undefined,
};
