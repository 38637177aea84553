/** Short spelling of small histories, for tests of judges. */
import type { Operation, OperationF } from './operation.ts';

export interface SpelledOperation {
  readonly process: number;
  readonly f: OperationF;
  /** What was asked; the answer has it too. */
  readonly asked: object;
  readonly call: number;
  /** Undefined: the history ends first. */
  readonly end?: { readonly at: number; readonly type: 'ok' | 'fail' | 'info'; readonly answer?: object };
  readonly node?: string;
}

type Outcome = number | 'fail' | 'info' | 'open';

/** [call, return]. */
type Interval = readonly [number, number];

/** A send to q/0; `outcome`: the acknowledged offset, or how it ended. */
export function send(process: number, message: string, [call, at]: Interval, outcome: Outcome) {
  const asked = { queue: 'q/0', message };
  if (outcome === 'open') return { process, f: 'send', asked, call } as const;
  if (typeof outcome === 'string')
    return { process, f: 'send', asked, call, end: { at, type: outcome } } as const;
  return { process, f: 'send', asked, call, end: { at, type: 'ok', answer: { offset: outcome } } } as const;
}

/** A pull of q/0 that gave these messages at `from` and on. */
export function pull(process: number, from: number, [call, at]: Interval, messages: readonly string[]) {
  const answer = { messages: messages.map((message, k) => [from + k, message]) };
  return {
    process,
    f: 'pull',
    asked: { queue: 'q/0', from },
    call,
    end: { at, type: 'ok', answer },
  } as const;
}

export function replicaPull(
  node: string,
  process: number,
  from: number,
  interval: Interval,
  messages: readonly string[],
) {
  return { ...pull(process, from, interval, messages), f: 'replica-pull', node } as const;
}

/** As it would stand in history.jsonl: in order of time, what begins before what ends at the same moment. */
export function spell(...operations: readonly SpelledOperation[]): Operation[] {
  const events = operations.flatMap((operation) => {
    const { process, f, asked, call, end, node } = operation;
    const at = node === undefined ? {} : { node };
    const invoked = { time: call, process, type: 'invoke', f, value: asked, ...at };
    if (end === undefined) return [invoked];
    return [invoked, { time: end.at, process, type: end.type, f, value: { ...asked, ...end.answer }, ...at }];
  });
  const rank = (type: string) => (type === 'invoke' ? 0 : 1);
  events.sort((a, b) => a.time - b.time || rank(a.type) - rank(b.type));
  return events.map((event, index) => ({ index, ...event }) as Operation);
}
