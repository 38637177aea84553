/** A partition and a model become a search. */
import type { CheckOptions } from '../check-options.ts';
import { InvalidHistoryError } from '../history/invalid-history-error.ts';
import type { Partition } from '../history/partitions.ts';
import type { Model } from '../model.ts';
import { modelProgram, type StepWatch } from '../program/model-program.ts';
import type { Program } from '../program/program.ts';
import { Arena } from './arena.ts';
import { CompatSearch } from './compat-search.ts';
import { FastSearch } from './fast-search.ts';
import type { Problem, Search } from './problem.ts';

/** Longer arrays get a buffer of their own. */
const arenaWordsMax = 65_536;

export function searchOf(
  model: Model,
  partition: Partition,
  options: CheckOptions,
  watch: StepWatch,
): Search {
  const problem = problemOf(model, partition, options.engine ?? 'fast', watch);
  const verbose = options.verbose === true;
  return options.engine === 'compat' ? new CompatSearch(problem, verbose) : new FastSearch(problem, verbose);
}

export function problemOf(
  model: Model,
  partition: Partition,
  engine: 'compat' | 'fast',
  watch: StepWatch,
): Problem {
  const { operations, events, positions } = partition;
  const arena = new Arena(Math.min(arenaWordsMax, 1024 + operations.length * 48));
  const answered = events.length - operations.length;
  if (answered < operations.length && model.stepUnanswered === undefined) {
    const operation = operations.findIndex(({ return: back }) => back === null);
    const position = positions === undefined ? operation : (positions[operation] as number);
    throw new InvalidHistoryError(
      position,
      `operation ${position} never returned, and model ${model.name ?? '(unnamed)'} has no stepUnanswered to say what it may have done`,
    );
  }
  const program: Program =
    model.compile?.(operations, engine) ?? modelProgram(model, operations, engine, watch);
  return { operations, events, program, arena };
}
