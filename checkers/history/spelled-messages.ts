/** Short spelling of messages and what became of them, for tests of judges. Times in nanoseconds. */
import type { Delivery, Sending } from './messaging.ts';

/** Sent to q/0 within a nanosecond from `call` on; `outcome`: the offset of the acknowledgement, or how it ended. */
export function sent(
  index: number,
  message: string,
  call: number,
  outcome: number | 'fail' | 'info',
): Sending {
  const base = { index, message, queue: 'q/0', call };
  if (typeof outcome === 'number') return { ...base, ret: call + 1, outcome: 'ok', offset: outcome };
  return { ...base, ret: outcome === 'info' ? Infinity : call + 1, outcome };
}

/** Asked for and given to w1 of g within a nanosecond from `call` on; consumed within one from `done` on. */
export function given(
  index: number,
  message: string,
  call: number,
  done?: number,
  more: Partial<Delivery> = {},
): Delivery {
  const ended = done === undefined ? {} : { ended: { call: done, ret: done + 1, how: 'done' as const } };
  return { index, message, group: 'g', consumer: 'w1', queue: 'q/0', call, ret: call + 1, ...ended, ...more };
}
