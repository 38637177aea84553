/** One line of a Jepsen history, whatever notation it came in. */
export interface JepsenEntry {
  readonly process: number | string;
  readonly type: 'invoke' | 'ok' | 'fail' | 'info';
  readonly f: string;
  readonly value: unknown;
  /** Some histories name the key beside the value. */
  readonly key?: unknown;
  readonly line: number;
}
