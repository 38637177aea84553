/**
 * The operations of Jepsen's kafka workload as ours: micro-operations [:send k v] and [:poll {k [[offset v]...]}], alone or within a :txn. An empty
 * poll claims nothing about the end. Offsets are counted without holes, since transaction markers and compaction leave some.
 */
import type { Operation } from '../../checkers/history/operation.ts';
import type { PairedOperation } from '../../checkers/history/paired-operations.ts';
import { UsageError } from '../usage-error.ts';
import type { JepsenPair } from './jepsen-operations.ts';

interface Micro {
  readonly f: 'send' | 'pull';
  readonly queue: string;
  /** Of a send, as it was answered. */
  readonly message?: string;
  readonly offset?: number;
  /** Of a poll. */
  readonly messages?: readonly (readonly [number, string])[];
}

export const kafkaFs: readonly string[] = ['send', 'poll', 'txn'];

export function kafkaPairs(pairs: readonly JepsenPair[]): PairedOperation[] {
  const micros: { readonly pair: JepsenPair; readonly micro: Micro }[] = [];
  for (const pair of pairs) {
    if (!kafkaFs.includes(pair.invoked.f)) continue;
    const source = pair.done?.type === 'ok' ? pair.done : pair.invoked;
    for (const micro of microsOf(source.value, source.index)) micros.push({ pair, micro });
  }
  const rankOf = ranks(micros.map(({ micro }) => micro));
  return micros.flatMap(({ pair, micro }) => pairOf(pair, micro, rankOf) ?? []);
}

function* microsOf(value: unknown, index: number): Generator<Micro> {
  const refuse = (got: unknown): never => {
    throw new UsageError(
      `operation ${index}: wanted [:send k v] or [:poll {k [[offset v] ...]}], got ${JSON.stringify(got)}`,
    );
  };
  for (const micro of Array.isArray(value) ? (value as unknown[]) : [refuse(value)]) {
    const [f, key, sent] = Array.isArray(micro) ? (micro as unknown[]) : [refuse(micro)];
    if (f === 'send' && key !== undefined) {
      const isPlaced = Array.isArray(sent);
      const [offset, message] = isPlaced ? (sent as unknown[]) : [undefined, sent];
      const known = typeof offset === 'number' ? { offset } : {};
      yield { f: 'send', queue: String(key), message: String(message), ...known };
    } else if (f === 'poll') {
      if (key === undefined || key === null) continue;
      if (typeof key !== 'object') refuse(micro);
      for (const [queue, got] of Object.entries(key as object)) {
        const messages = (got as unknown[]).map((one) => {
          const [offset, message] = Array.isArray(one) ? (one as unknown[]) : [refuse(one)];
          return [Number(offset), String(message)] as const;
        });
        if (messages.length > 0) yield { f: 'pull', queue, messages };
      }
    } else refuse(micro);
  }
}

/** By queue: each offset that was ever seen, counted from 0. */
function ranks(micros: readonly Micro[]): (queue: string, offset: number) => number {
  const seen = new Map<string, Set<number>>();
  for (const { queue, offset, messages = [] } of micros) {
    const known = seen.get(queue) ?? new Set<number>();
    seen.set(queue, known);
    if (offset !== undefined) known.add(offset);
    for (const [one] of messages) known.add(one);
  }
  const places = new Map<string, Map<number, number>>();
  for (const [queue, offsets] of seen)
    places.set(queue, new Map([...offsets].sort((a, b) => a - b).map((offset, rank) => [offset, rank])));
  return (queue, offset) => places.get(queue)?.get(offset) ?? -1;
}

function pairOf(
  { invoked, done }: JepsenPair,
  { f, queue, message = '', offset, messages = [] }: Micro,
  rankOf: (queue: string, offset: number) => number,
): PairedOperation | undefined {
  const { index, process, time } = invoked;
  const base = { index, process, time };
  if (f === 'send') {
    const value = { queue, message };
    const answer = offset === undefined ? value : { ...value, offset: rankOf(queue, offset) };
    return {
      invoked: { ...base, f, type: 'invoke', value },
      done: done === undefined ? undefined : { ...base, time: done.time, f, ...endOf(done.type, answer) },
    };
  }
  const from = rankOf(queue, messages[0]?.[0] ?? 0);
  const got = messages.map(([at, one]) => [rankOf(queue, at), one] as const);
  return {
    invoked: { ...base, f, type: 'invoke', value: { queue, from } },
    done: { ...base, time: done?.time ?? time, f, type: 'ok', value: { queue, from, messages: got } },
  };
}

/** Acknowledged without an offset: it is stored somewhere, as one of unknown outcome may be. */
function endOf(
  type: Operation['type'],
  value: { readonly queue: string; readonly message: string; readonly offset?: number },
) {
  return { type: type === 'ok' && value.offset === undefined ? ('info' as const) : type, value };
}
