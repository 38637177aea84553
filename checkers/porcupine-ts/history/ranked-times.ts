/** Times that are not plain numbers, or that are wrong: exact ranks, or an error that names the operation. */
import type { Operation } from '../operation.ts';
import { InvalidHistoryError } from './invalid-history-error.ts';

/** Calls and returns as ranks of their times; a return that never came is infinite. */
export function rankedTimes(history: readonly Operation[]): [Float64Array, Float64Array] {
  const exact = new Map<bigint | number, number>();
  const calls = history.map((operation, at) => timeOf(operation, at, 'call'));
  const returns = history.map((operation, at) =>
    operation.return === null ? undefined : timeOf(operation, at, 'return'),
  );
  const all = [...calls, ...returns.filter((time) => time !== undefined)].sort(byTime);
  for (const time of all) if (!exact.has(time)) exact.set(time, exact.size);
  // A number and a bigint may name one moment: they get one rank.
  for (let at = 1; at < all.length; at += 1) {
    const [before, time] = [all[at - 1] as bigint | number, all[at] as bigint | number];
    if (byTime(before, time) === 0) exact.set(time, exact.get(before) as number);
  }
  const rankedCalls = Float64Array.from(calls, (time) => exact.get(time) as number);
  const rankedReturns = Float64Array.from(returns, (time) =>
    time === undefined ? Number.POSITIVE_INFINITY : (exact.get(time) as number),
  );
  for (const [at, operation] of history.entries()) {
    if ((rankedReturns[at] as number) < (rankedCalls[at] as number))
      throw invalid(operation, at, `returns at ${operation.return}, before its call at ${operation.call}`);
  }
  return [rankedCalls, rankedReturns];
}

function byTime(one: bigint | number, other: bigint | number): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function timeOf(operation: Operation, at: number, which: 'call' | 'return'): bigint | number {
  const time: unknown = operation[which];
  if (typeof time === 'bigint') return time;
  if (typeof time === 'number' && Number.isFinite(time)) return time;
  if (typeof time === 'string' && /^-?\d+$/.test(time)) return BigInt(time);
  const hint = which === 'return' && time === undefined ? '; give null where no answer ever came' : '';
  const got = typeof time === 'string' ? JSON.stringify(time) : String(time);
  throw invalid(
    operation,
    at,
    `wanted a ${which} time (a number, a bigint or its digits), got ${got}${hint}`,
  );
}

/** "operation 7 (client 2)": how errors name an operation. */
function invalid(operation: Operation, position: number, what: string): InvalidHistoryError {
  const client = operation.clientId === undefined ? '' : ` (client ${operation.clientId})`;
  return new InvalidHistoryError(position, `operation ${operation.id ?? position}${client}: ${what}`);
}
