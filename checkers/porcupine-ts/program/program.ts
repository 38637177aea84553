/** The operations of one partition as instructions over small integers: what both engines run. */
import type { Operation } from '../operation.ts';

/** `return: null`: no answer came, so the operation may be left out. */
export type ProgramOperation<Input = unknown, Output = unknown> = Pick<
  Operation<Input, Output>,
  'input' | 'output' | 'return'
>;

/** Set in the instruction of an operation that leaves every state alone in which it is possible. */
export const readOnlyFlag = 16;

/** States are integers from 0 on; every instruction gives the next one or refuses. */
export const instructions = {
  /** Ask the program's space. */
  space: 0,
  /** Becomes b. */
  set: 1,
  /** Becomes b if the state is a, else refused. */
  setIfEqual: 2,
  /** Stays if the state is not a, else refused. */
  keepUnlessEqual: 3,
  /** Becomes b if the state is a, else stays. */
  setOrKeep: 4,
  /** Stays if a <= state <= b, else refused. */
  keepWithin: 5,
  /** Becomes state + a. */
  add: 6,
  /** Refused in every state. */
  refuse: 7,
} as const;

/** States that only a model knows, behind small integers. */
export interface StateSpace {
  /** The state after this operation of the program, or -1. */
  step(state: number, operation: number): number;
  /** Roughly what is held, for the memory budget. */
  bytes(): number;
}

export interface Program {
  readonly initial: number;
  /** int32 instruction | int32 a | int32 b, per operation. */
  readonly code: Int32Array;
  readonly space: StateSpace;
  /** Operations of one class are interchangeable. Asked only for operations without an answer. */
  classOf(operation: number): number | string;
  /** Operations without an answer that cannot help anybody; absent: none. */
  isUseless?(operation: number): boolean;
  /**
   * False when this answered read-only operation cannot become possible again before an operation sets the state (instruction `set`). Lets the fast
   * engine turn back early; absent: nothing is known.
   */
  canReach?(state: number, operation: number): boolean;
  describeState(state: number): string;
}
