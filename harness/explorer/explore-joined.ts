/**
 * A proof instead of a way: everything that may happen, and more (see JoinedStates), in far fewer states. Where it meets no violation,
 * there is none. Where it meets one, that may be one of those that cannot happen: then the exact walk decides.
 */
import assert from 'node:assert/strict';
import type { ExploreLimits, Progress } from './explore.ts';
import { JoinedStates } from './joined-states.ts';
import type { Model, Vector } from './model.ts';

export interface JoinedExploration extends Progress {
  readonly ending: 'complete' | 'time' | 'violation';
  readonly collisionOdds: number;
  readonly violation: string | undefined;
}

const askEvery = 1 << 10;

export function exploreJoined(
  model: Model,
  { isOver, progress }: Pick<ExploreLimits, 'isOver' | 'progress'>,
): JoinedExploration {
  const { headLength } = model;
  assert(headLength !== undefined, `${model.name} does not say what on its way may be joined`);
  const states = new JoinedStates(headLength);
  let level = [states.join(model.canonical(model.initial))];
  let nextLevel: number[] = [];
  let transitions = 0;
  let depth = 0;
  let walked = 0;
  let violation: string | undefined;
  const visit = (next: Vector, _label: unknown, broken: string | undefined): void => {
    transitions += 1;
    violation ??= broken;
    if (violation !== undefined) return;
    const number = states.join(model.canonical(next));
    if (number !== -1) nextLevel.push(number);
  };
  const soFar = (left: number): Progress => ({ states: states.count, transitions, depth, waiting: left });
  const end = (ending: JoinedExploration['ending'], left: number): JoinedExploration => ({
    ...soFar(left),
    ending,
    collisionOdds: states.collisionOdds(),
    violation,
  });
  while (level.length > 0) {
    for (const [at, number] of level.entries()) {
      model.successors(states.take(number), visit);
      const left = level.length - at - 1 + nextLevel.length;
      if (violation !== undefined) return end('violation', left);
      walked += 1;
      if (walked % askEvery !== 0) continue;
      if (isOver()) return end('time', left);
      progress(soFar(left));
    }
    level = nextLevel;
    nextLevel = [];
    if (level.length > 0) depth += 1;
  }
  return end('complete', 0);
}
