/** What a server may know of time. */

export interface Timer {
  /** Idempotent; after it `fire` is never called. */
  cancel(): void;
}

export interface Clock {
  /** Milliseconds since 1970. May jump in both directions: for timestamps people read, never for deadlines. */
  wallMs(): number;
  /** Milliseconds since an arbitrary point, with fractions. Never goes back; goes on while a process is stopped. */
  monotonicMs(): number;
  /** Calls `fire` once, no earlier than `delayMs` from now. */
  after(delayMs: number, fire: () => void): Timer;
  /**
   * Calls `fire` once at the end of the present turn of the event loop, after the input that is already there
   * was handled: the place to put out in one write what a turn has gathered.
   */
  soon(fire: () => void): void;
}
