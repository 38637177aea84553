/**
 * The committed offset of a group on a queue as a register that only rises: a commit sets it to the larger of old and new, a fetch gives it.
 *
 * In order of value, a fetch of v comes after the first commit of v, and before every commit of more. So each operation has an earliest moment, the
 * largest call of what must come before it, and the history is linearizable iff none is beyond the operation's return. A commit of unknown
 * outcome need not have happened. O(n log n).
 */
import type { AnomalyName, CheckResult } from '../anomaly.ts';
import { AnomalyCollector } from '../anomaly-collector.ts';
import { type Interval, seconds } from '../history/interval.ts';

export interface OffsetOperation extends Interval {
  readonly kind: 'commit' | 'fetch';
  readonly offset: number;
  /** A commit that was surely refused. */
  readonly failed?: boolean;
}

export interface OffsetHistory {
  readonly group: string;
  readonly queue: string;
  /** What stands there before anybody commits. */
  readonly initial: number;
  /** Fetches without an answer left out. */
  readonly operations: readonly OffsetOperation[];
}

/** One value, with all that commits and fetches it. */
interface Level {
  readonly offset: number;
  readonly commits: OffsetOperation[];
  readonly fetches: OffsetOperation[];
}

export function checkCommittedOffsets(histories: readonly OffsetHistory[]): CheckResult {
  const found = new AnomalyCollector();
  let commits = 0;
  let fetches = 0;
  for (const history of histories) {
    commits += history.operations.filter(({ kind }) => kind === 'commit').length;
    fetches += history.operations.filter(({ kind }) => kind === 'fetch').length;
    checkOne(history, found);
  }
  return found.result(
    'offsets/committed',
    `${commits} commits and ${fetches} fetches: no committed offset ever went back`,
    { commits, fetches },
    fetches === 0 ? 'no committed offset was ever fetched' : undefined,
  );
}

function checkOne({ group, queue, initial, operations }: OffsetHistory, found: AnomalyCollector): void {
  const add = (name: AnomalyName, detail: string, by: readonly OffsetOperation[]) =>
    found.add({
      name,
      detail: `${queue}, group ${group}: ${detail}`,
      queue,
      operations: by.map(({ index }) => index).sort((a, b) => a - b),
    });
  /** Of all that must come before what is larger: the one that began last. */
  let bound: OffsetOperation | undefined;
  for (const { offset, commits, fetches } of levels(operations)) {
    const [fetch] = fetches;
    if (offset < initial) {
      if (fetch !== undefined)
        add('committed-offset-regress', `${said(fetch)}, below ${initial}, where it began`, [fetch]);
      continue;
    }
    if (offset > initial && bound !== undefined) {
      for (const commit of commits) {
        if (bound.call > commit.ret)
          add('lost-commit', `${said(commit)}, and after that ${said(bound)}`, [commit, bound]);
      }
    }
    if (fetch === undefined) continue;
    const first = commits.reduce<OffsetOperation | undefined>(
      (best, one) => (best === undefined || one.call < best.call ? one : best),
      undefined,
    );
    if (offset > initial && first === undefined) {
      add('phantom-offset', `${said(fetch)}, which nobody had committed`, [fetch]);
      continue;
    }
    const before = offset > initial ? later(first, bound) : undefined;
    bound = before;
    for (const one of fetches) {
      bound = later(bound, one);
      if (before === undefined || before.call <= one.ret) continue;
      if (before === first) add('phantom-offset', `${said(one)}, before ${said(first)}`, [one, first]);
      else add('committed-offset-regress', `${said(one)}, and after that ${said(before)}`, [one, before]);
    }
  }
}

/** 'a fetch gave 12 (1.000 s to 1.002 s)'. */
function said({ kind, offset, call, ret }: OffsetOperation): string {
  const what = kind === 'commit' ? `${offset} was committed` : `a fetch gave ${offset}`;
  return `${what} (${seconds(call)} to ${ret === Infinity ? 'an end that nobody knows' : seconds(ret)})`;
}

function later(
  one: OffsetOperation | undefined,
  other: OffsetOperation | undefined,
): OffsetOperation | undefined {
  if (one === undefined || (other !== undefined && other.call > one.call)) return other;
  return one;
}

function levels(operations: readonly OffsetOperation[]): Level[] {
  const byOffset = new Map<number, Level>();
  for (const operation of operations) {
    if (operation.failed === true) continue;
    const { offset, kind } = operation;
    const level = byOffset.get(offset) ?? { offset, commits: [], fetches: [] };
    byOffset.set(offset, level);
    (kind === 'commit' ? level.commits : level.fetches).push(operation);
  }
  return [...byOffset.values()].sort((a, b) => a.offset - b.offset);
}
