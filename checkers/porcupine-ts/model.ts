/** What the system under test promises, as a state machine that is stepped one operation at a time. */
import type { Program, ProgramOperation } from './program/program.ts';

/** Given to every step, so that a slow one can stop early: after `expired()` is true its answer no longer matters. */
export interface StepContext {
  expired(): boolean;
}

/**
 * The sequential specification. States are values: a step never changes the state it is given. `undefined` is the one value that is no state.
 * Where `equal` and `hash` are absent, states are compared by their structure (primitives, arrays, plain objects, Map, Set).
 */
export interface Model<State = unknown, Input = unknown, Output = unknown> {
  readonly name?: string;
  init(): State;
  /** The state after the operation, or `undefined` when this output is impossible in this state. */
  step(state: State, input: Input, output: Output, context: StepContext): State | undefined;
  /** The same for an operation whose answer never came: what it does if it takes effect now. Needed only for histories that hold such operations. */
  stepUnanswered?(state: State, input: Input, context: StepContext): State | undefined;
  equal?(one: State, other: State): boolean;
  /** A 32-bit integer; equal states must have equal hashes. */
  hash?(state: State): number;
  /** Operations of different keys do not influence each other (keys compare as those of a Map); each key is checked on its own. */
  partition?(input: Input): unknown;
  /** True promises that the operation leaves every state alone in which it is possible. The fast engine then never has to reconsider it. */
  isReadOnly?(input: Input, output: Output | undefined): boolean;
  describeOperation?(input: Input, output: Output | undefined): string;
  describeState?(state: State): string;
  /** How to build this model again in a worker thread, where functions cannot be sent. Ready models have it. */
  readonly source?: ModelSource;
  /** For the ready models: the operations of one partition as a program over small integers. Must agree with `step` in every verdict. */
  compile?(
    operations: readonly ProgramOperation<Input, Output>[],
    engine: 'compat' | 'fast',
  ): Program | undefined;
}

/** Where a worker thread finds a model. */
export interface ModelSource {
  /** URL or path of a module that a worker can import; absent for the ready models. */
  readonly module?: string;
  /** The exported function that makes the model (or the exported model itself). */
  readonly name: string;
  readonly options?: unknown;
}

/** For a model whose step may end in more than one state; see `nondeterministic`. No successor means impossible. */
export interface NondeterministicModel<State = unknown, Input = unknown, Output = unknown>
  extends Omit<
    Model<State, Input, Output>,
    'init' | 'step' | 'stepUnanswered' | 'isReadOnly' | 'describeState' | 'compile'
  > {
  init(): readonly State[];
  step(state: State, input: Input, output: Output, context: StepContext): readonly State[];
  stepUnanswered?(state: State, input: Input, context: StepContext): readonly State[];
  describeState?(states: readonly State[]): string;
}
