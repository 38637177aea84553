/** A history as it is drawn: in the order of calls, times as numbers from its beginning, a lane for each client. */
import { encodeOperations } from '../history/encode-operations.ts';
import type { Model } from '../model.ts';
import type { Operation, Time } from '../operation.ts';
import { show } from '../program/model-program.ts';

export interface DrawnHistory {
  readonly operations: readonly Operation[];
  /** Places in the history, in the order of calls; and where in that order each stands. */
  readonly byCall: Int32Array;
  readonly rank: Int32Array;
  /** The earliest moment, in digits where numbers are not exact enough. */
  readonly base: number | string;
  /** A moment as a number, since `base`. */
  readonly since: (time: Time) => number;
  /** By place in the history, since `base`. An operation without an answer returns at -1. */
  readonly call: Float64Array;
  readonly ret: Float64Array;
  readonly lane: Int32Array;
  readonly laneLabels: readonly string[];
  readonly kind: Int32Array;
  readonly kindLabels: readonly string[];
}

const kindsMax = 8;

/** Throws `InvalidHistoryError` for a history that cannot have happened. */
export function drawnHistory(model: Model, operations: readonly Operation[]): DrawnHistory {
  const { positions } = encodeOperations(operations);
  const byCall = positions ?? Int32Array.from(operations, (_, at) => at);
  const rank = new Int32Array(operations.length);
  for (const [at, position] of byCall.entries()) rank[position] = at;
  return {
    operations,
    byCall,
    rank,
    ...timesOf(operations, byCall),
    ...lanesOf(operations),
    ...kindsOf(model, operations),
  };
}

function timesOf(operations: readonly Operation[], byCall: Int32Array) {
  const first = operations[byCall[0] ?? 0]?.call ?? 0;
  const isExact = (time: Time | null): boolean => time === null || typeof time === 'number';
  const allNumbers = operations.every((one) => isExact(one.call) && isExact(one.return));
  const base = allNumbers ? Number(first) : BigInt(typeof first === 'number' ? Math.floor(first) : first);
  const since = (time: Time): number => {
    if (typeof base === 'number') return Number(time) - base;
    return typeof time === 'number' ? time - Number(base) : Number(BigInt(time) - base);
  };
  return {
    base: typeof base === 'bigint' ? String(base) : base,
    since,
    call: Float64Array.from(operations, (one) => since(one.call)),
    ret: Float64Array.from(operations, (one) => (one.return === null ? -1 : since(one.return))),
  };
}

/** Clients by number, then by name; operations of nobody in a lane of their own. */
function lanesOf(operations: readonly Operation[]) {
  const clients = [...new Set(operations.map(({ clientId }) => clientId))];
  const numbers = clients.filter((one) => typeof one === 'number').sort((one, other) => one - other);
  const names = clients.filter((one) => typeof one === 'string').sort();
  const sorted = [...numbers, ...names, ...(clients.includes(undefined) ? [undefined] : [])];
  const laneOf = new Map(sorted.map((client, lane) => [client, lane]));
  return {
    laneLabels: sorted.map((client) => (client === undefined ? 'operations' : `client ${client}`)),
    lane: Int32Array.from(operations, ({ clientId }) => laneOf.get(clientId) ?? 0),
  };
}

/** By `input.f`, the most frequent first: the rarer one is the one to be seen where many share a pixel. */
function kindsOf(model: Model, operations: readonly Operation[]) {
  const counts = new Map<string, number>();
  const names = operations.map((operation) => kindOf(model, operation));
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const byCount = [...counts]
    .sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1))
    .map(([name]) => name);
  const kindLabels = byCount.length > kindsMax ? [...byCount.slice(0, kindsMax - 1), 'others'] : byCount;
  const number = new Map(byCount.map((name, at) => [name, Math.min(at, kindLabels.length - 1)]));
  return { kindLabels, kind: Int32Array.from(names, (name) => number.get(name) ?? 0) };
}

function kindOf(model: Model, { input, output, return: back }: Operation): string {
  if (typeof input === 'object' && input !== null && 'f' in input && typeof input.f === 'string')
    return input.f;
  const readOnly = model.isReadOnly?.(input, back === null ? undefined : output);
  return readOnly === undefined ? 'operation' : readOnly ? 'read' : 'write';
}

/** What is written into the box of an operation. */
export function textOf(model: Model, { input, output, return: back }: Operation): string {
  const answer = back === null ? undefined : output;
  const text =
    model.describeOperation?.(input, answer) ?? `${show(input)} -> ${back === null ? '?' : show(answer)}`;
  return shortText(text, 160);
}

/** The beginning and the end, which say most. */
export function shortText(text: string, most: number): string {
  if (text.length <= most) return text;
  const tail = Math.floor(most / 3);
  return `${text.slice(0, most - tail - 1)}…${text.slice(-tail)}`;
}
