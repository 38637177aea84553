/** A validated history: operations numbered by their calls, and the order in which calls and returns came. */
import type { ProgramOperation } from '../program/program.ts';

export interface EncodedHistory {
  /** In the order of their calls. */
  readonly operations: readonly ProgramOperation[];
  /** Per operation its position in the list as it was given; absent: the same. */
  readonly positions: Int32Array | undefined;
  /** Calls as `operation`, returns as `~operation`. */
  readonly events: Int32Array;
}
