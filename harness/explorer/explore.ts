/** Breadth first through everything that may happen, so the first counterexample found is a shortest one. */
import assert from 'node:assert/strict';
import { CoveringStates } from './covering-states.ts';
import type { Model, Vector } from './model.ts';
import { VectorQueue } from './vector-queue.ts';
import { VisitedStates } from './visited-states.ts';

export interface ExploreLimits {
  readonly statesMax: number;
  readonly depthMax: number;
  /** Asked now and then; true ends the exploration. */
  readonly isOver: () => boolean;
  readonly progress: (soFar: Progress) => void;
}

export interface Progress {
  readonly states: number;
  readonly transitions: number;
  /** Steps from the beginning of the states that are being expanded. */
  readonly depth: number;
  readonly waiting: number;
}

export interface Exploration extends Progress {
  /** complete: there is nothing more within the model's bounds. Else the bound of the exploration that ended it. */
  readonly ending: 'complete' | 'time' | 'states' | 'depth' | 'counterexample';
  readonly collisionOdds: number;
  readonly counterexample: Counterexample | undefined;
}

export interface Counterexample {
  readonly violation: string;
  /** What happened in each step. */
  readonly steps: readonly (readonly string[])[];
}

type SeenStates = VisitedStates | CoveringStates;

const noLimits: ExploreLimits = {
  statesMax: 2 ** 30,
  depthMax: Number.POSITIVE_INFINITY,
  isOver: () => false,
  progress: () => undefined,
};

const askEvery = 1 << 12;

export function explore(model: Model, limits: Partial<ExploreLimits>): Exploration {
  const { statesMax, depthMax, isOver, progress } = { ...noLimits, ...limits };
  const visited: SeenStates =
    model.headLength === undefined ? new VisitedStates() : new CoveringStates(model.headLength);
  const queue = new VectorQueue();
  let transitions = 0;
  let depth = 0;
  let levelLeft = 1;
  let expanded = 0;
  let parent = 0;
  let isViolated = false;
  const first = model.canonical(model.initial);
  visited.add(first, 0);
  queue.push(first, 0);

  const visit = (next: Vector, _label: unknown, violation: string | undefined): void => {
    transitions += 1;
    if (violation !== undefined) isViolated = true;
    if (isViolated) return;
    const canonical = model.canonical(next);
    const number = visited.add(canonical, parent);
    if (number !== -1) queue.push(canonical, number);
  };
  const soFar = (): Progress => ({ states: visited.count, transitions, depth, waiting: queue.count });
  const end = (ending: Exploration['ending'], counterexample?: Counterexample): Exploration => ({
    ...soFar(),
    ending,
    collisionOdds: visited.collisionOdds(),
    counterexample,
  });

  for (let waiting = queue.shift(); waiting !== undefined; waiting = queue.shift()) {
    if (levelLeft === 0) {
      depth += 1;
      levelLeft = queue.count + 1;
      if (depth >= depthMax) return end('depth');
    }
    levelLeft -= 1;
    parent = waiting.number;
    model.successors(waiting.state, visit);
    if (isViolated) return end('counterexample', retell(model, visited, parent));
    expanded += 1;
    if (visited.count >= statesMax) return end('states');
    if (expanded % askEvery === 0) {
      if (isOver()) return end('time');
      progress(soFar());
    }
  }
  return end('complete');
}

/**
 * The way to a state, told with one set of names. States are kept under names of their own, so the way is walked anew from the beginning,
 * each time to a successor that is the next state of the way but for names.
 */
function retell(model: Model, visited: SeenStates, last: number): Counterexample {
  const way: number[] = [];
  for (let number = last; number !== 0; number = visited.parentOf(number)) way.unshift(number);
  const steps: (readonly string[])[] = [];
  let state = model.initial;
  let violation = '';
  const step = (isWanted: (next: Vector, broken: string | undefined) => boolean): void => {
    let found: Vector | undefined;
    model.successors(state, (next, label, broken) => {
      if (found !== undefined || !isWanted(next, broken)) return;
      found = next;
      violation = broken ?? '';
      steps.push(label());
    });
    assert(found !== undefined, 'the model is no function of its state: a step cannot be taken again');
    state = found;
  };
  for (const number of way)
    step((next, broken) => broken === undefined && visited.isState(number, model.canonical(next)));
  step((_next, broken) => broken !== undefined);
  return { violation, steps };
}
