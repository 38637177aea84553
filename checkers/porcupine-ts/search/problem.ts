/** One partition as the engines see it: who may come before whom, and what each operation does. */
import type { Program, ProgramOperation } from '../program/program.ts';
import type { Arena } from './arena.ts';

export interface Problem {
  /** In the order of their calls. */
  readonly operations: readonly ProgramOperation[];
  /** Calls as `operation`, returns as `~operation`, in the order of time. Operations without an answer have no return. */
  readonly events: Int32Array;
  readonly program: Program;
  /** Where the search cuts its arrays from. */
  readonly arena: Arena;
}

/** What an engine says after a slice of work. */
export type SearchState = 'running' | 'ok' | 'illegal' | 'memory';

/** A search that can be stopped after any number of steps and taken up again. */
export interface Search {
  readonly steps: number;
  readonly configurations: number;
  run(stepsMax: number, interrupted: Interruption): SearchState;
  bytes(): number;
  /** Orders found so far, of operations of the problem. */
  linearizations(): number[][];
}

/** Raised by whoever calls the user's model: the time is over. The slice ends after this step, and whatever it says is no verdict. */
export interface Interruption {
  raised: boolean;
}
