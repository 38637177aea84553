/** What the explorer walks through: a protocol as a graph of states. */

/** A state as whole numbers: equal numbers are equal states. What a number stands for is the model's business (see Interned). */
export type Vector = readonly number[];

export interface Model {
  readonly name: string;
  /** What was left open and what was bounded, a line each. */
  readonly scope: readonly string[];
  readonly initial: Vector;
  /**
   * Where one state may cover another, so many numbers in front must be equal; the next one is what was used up, 4 bits each, the less
   * the better; then, in growing order, what is on its way, the more the better. Undefined: only equal states are one.
   */
  readonly headLength: number | undefined;
  /** One state of all those that differ by the names of nodes only. Its successors must be theirs but for names. */
  canonical(state: Vector): Vector;
  /** Calls `visit` for everything that may happen next, in an order that is a function of the state. */
  successors(state: Vector, visit: Visit): void;
}

/**
 * `label`: what happened, in lines that people read; called for counterexamples only. `violation`: the invariant that this step or its
 * result breaks.
 */
export type Visit = (next: Vector, label: () => readonly string[], violation: string | undefined) => void;
