/** What the log workload needs of a client library; outcomes are data, never exceptions. */

/**
 * `ok`: it happened. `fail`: it surely did not. `info`: nobody knows. For reads without an answer `fail` is right: they change nothing.
 * `node`: the broker that was asked last, a host name, where known.
 */
export type Outcome<T> =
  | { readonly kind: 'ok'; readonly value: T; readonly node?: string }
  | { readonly kind: 'fail' | 'info'; readonly error: string; readonly node?: string };

export interface PulledMessages {
  /** [queue offset, body], in the order they came. */
  readonly messages: readonly (readonly [number, string])[];
}

export interface StoredAt {
  readonly offset: number;
  /** In the broker's log, where the broker named it. */
  readonly physicalOffset?: number;
}

export interface LogClient {
  send(queueId: number, message: string): Promise<Outcome<StoredAt>>;
  pull(queueId: number, from: number, countMax: number): Promise<Outcome<PulledMessages>>;
  maxOffset(queueId: number): Promise<Outcome<{ readonly offset: number }>>;
  close(): Promise<void>;
}
