/** What a history is made of: operations with their times, or calls and returns in the order in which they were seen. */

/** A number, or where a number is not exact enough (nanoseconds), a bigint or its decimal digits. One history keeps to one unit. */
export type Time = number | bigint | string;

/** One call and its answer. */
export interface Operation<Input = unknown, Output = unknown> {
  /** Named in errors and results; its position in the list when absent. */
  readonly id?: number | string;
  /** Who called. One client has one operation open at a time, but the checker does not rely on it. */
  readonly clientId?: number | string;
  readonly input: Input;
  readonly output?: Output;
  readonly call: Time;
  /** Closed interval: a return and a call at one time are concurrent. `null`: no answer ever came, so it took effect at some time after `call`, or never. */
  readonly return: Time | null;
  /** Shown in the visualizer; means nothing to a check. */
  readonly metadata?: unknown;
}

/** A call whose id never returns is an operation without an answer, as with `return: null`. */
export type HistoryEvent<Input = unknown, Output = unknown> =
  | {
      readonly kind: 'call';
      readonly id: number | string;
      readonly clientId?: number | string;
      readonly value: Input;
      readonly metadata?: unknown;
    }
  | {
      readonly kind: 'return';
      readonly id: number | string;
      readonly clientId?: number | string;
      readonly value: Output;
      readonly metadata?: unknown;
    };
