/**
 * A state with a version, replaced as a whole: an update that expects a version makes the next one (compare-and-set), so the versions are the order.
 * Every read names version and content.
 *
 * In order of version, an update comes after all updates and reads of smaller ones, a read after its own update. So each has an earliest moment,
 * the largest call of what must come before it; the history is linearizable iff each version has one content and no earliest moment is beyond a
 * return. Updates that nobody recorded may have made versions that are only read. O(n log n).
 *
 * What a node says of its own log (`observer`) it may learn late: of such only the content counts, and that it never goes back.
 */
import type { Interval } from '../history/interval.ts';

export interface StateOperation extends Interval {
  readonly kind: 'update' | 'read';
  readonly version: number;
  readonly content: string;
  readonly observer?: string;
}

export interface StateConflict {
  /**
   * - `two-updates`: two updates made one version.
   * - `two-contents`: one version, two contents.
   * - `read-before-update`: a version was read before its update began.
   * - `update-behind`: an update made a version, though a larger one was there before it began.
   * - `read-behind`: a read gave a version, though a larger one was there before it began.
   * - `observer-back`: an observer went back.
   */
  readonly kind:
    | 'two-updates'
    | 'two-contents'
    | 'read-before-update'
    | 'update-behind'
    | 'read-behind'
    | 'observer-back';
  /** In order of time. */
  readonly one: StateOperation;
  readonly other: StateOperation;
}

export function stateConflicts(operations: readonly StateOperation[]): StateConflict[] {
  const shared = operations.filter(({ observer }) => observer === undefined);
  const byVersion = [...shared].sort((a, b) => a.version - b.version || rank(a) - rank(b) || a.call - b.call);
  return [...contents(operations), ...order(byVersion), ...observers(operations)];
}

function rank({ kind }: StateOperation): number {
  return kind === 'update' ? 0 : 1;
}

/** Versions that were made twice, and sights of a version with a content that nobody gave it; the latter once per content. */
function contents(operations: readonly StateOperation[]): StateConflict[] {
  const conflicts: StateConflict[] = [];
  const made = new Map<number, StateOperation[]>();
  for (const operation of operations) {
    if (operation.kind !== 'update') continue;
    const known = made.get(operation.version);
    if (known === undefined) made.set(operation.version, [operation]);
    else {
      conflicts.push({ kind: 'two-updates', one: known[0] ?? operation, other: operation });
      known.push(operation);
    }
  }
  const told = new Set<string>();
  for (const operation of operations) {
    const { version, content } = operation;
    const known = made.get(version);
    if (known === undefined) made.set(version, [operation]);
    else if (known.every((one) => one.content !== content) && !told.has(`${version} ${content}`)) {
      told.add(`${version} ${content}`);
      conflicts.push({ kind: 'two-contents', one: known[0] ?? operation, other: operation });
    }
  }
  return conflicts;
}

function order(byVersion: readonly StateOperation[]): StateConflict[] {
  const conflicts: StateConflict[] = [];
  /** Of all smaller versions, and of this one: the operation that began last. */
  let below: StateOperation | undefined;
  let own: StateOperation | undefined;
  let update: StateOperation | undefined;
  let version = -Infinity;
  for (const operation of byVersion) {
    if (operation.version !== version) {
      below = later(below, own);
      ({ version } = operation);
      own = undefined;
      update = undefined;
    }
    if (operation.kind === 'update') update = later(update, operation);
    if (below !== undefined && below.call > operation.ret)
      conflicts.push({
        kind: below.kind === 'update' ? 'update-behind' : 'read-behind',
        one: operation,
        other: below,
      });
    else if (operation.kind === 'read' && update !== undefined && update.call > operation.ret)
      conflicts.push({ kind: 'read-before-update', one: operation, other: update });
    own = later(own, operation);
  }
  return conflicts;
}

function later(
  one: StateOperation | undefined,
  other: StateOperation | undefined,
): StateOperation | undefined {
  return one === undefined || (other !== undefined && other.call > one.call) ? other : one;
}

function observers(operations: readonly StateOperation[]): StateConflict[] {
  const conflicts: StateConflict[] = [];
  const newest = new Map<string, StateOperation>();
  for (const operation of operations
    .filter(({ observer }) => observer !== undefined)
    .sort((a, b) => a.call - b.call)) {
    const before = newest.get(operation.observer ?? '');
    if (before === undefined || operation.version >= before.version)
      newest.set(operation.observer ?? '', operation);
    else conflicts.push({ kind: 'observer-back', one: before, other: operation });
  }
  return conflicts;
}
