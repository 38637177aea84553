/** What did not come back after the last heal: who waits, and for whom. */

export interface NotRecovered {
  /**
   * What was waited for: replicas in the SyncStateSet of a group that serves (`sync`), a group that serves (`serving`), clients that get answers
   * (`progress`), brokers that have answered all (`answers`), queues that can be read to their ends (`drained`), the end of the run (`end`).
   */
  readonly wanted: 'sync' | 'serving' | 'progress' | 'answers' | 'drained' | 'end';
  /** For people. */
  readonly what: string;
  /** On the run's clock: when patience ended. */
  readonly atNs: number;
  /** Whose last words may say why. */
  readonly nodes: readonly string[];
  readonly clients?: readonly WaitingClient[];
  /** Of worlds that know: who is up, what is cut, what is still to happen. */
  readonly world?: string;
}

export interface WaitingClient {
  readonly client: string;
  /** Operations of which none succeeded. */
  readonly lacks: readonly ('send' | 'pull')[];
  /** The node that was asked last, and what came of it. */
  readonly node?: string;
  readonly last?: string;
}
