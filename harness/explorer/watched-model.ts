import type { Model, Vector, Visit } from './model.ts';

/** Another model, with a word for every state that a walk meets. For tests: what one walk has met, another one must have met too. */
export class WatchedModel implements Model {
  readonly name: string;
  readonly scope: readonly string[];
  readonly initial: Vector;
  readonly headLength: number | undefined;
  readonly seen = new Set<string>();
  readonly #model: Model;
  readonly #wordFor: (state: Vector) => string;

  constructor(model: Model, wordFor: (state: Vector) => string) {
    this.name = model.name;
    this.scope = model.scope;
    this.initial = model.initial;
    this.headLength = model.headLength;
    this.#model = model;
    this.#wordFor = wordFor;
  }

  canonical(state: Vector): Vector {
    this.seen.add(this.#wordFor(state));
    return this.#model.canonical(state);
  }

  successors(state: Vector, visit: Visit): void {
    this.#model.successors(state, visit);
  }
}
