/** Both engines against brute force, on random histories of every subject. */
import { checkOperations } from '../check.ts';
import type { Model } from '../model.ts';
import type { Operation } from '../operation.ts';
import type { CheckResult } from '../verdict.ts';
import { isLinearizable } from './brute-force.ts';
import { SeededRandom } from './random.ts';
import { randomHistory } from './random-history.ts';
import { type Subject, subjects } from './subjects.ts';

export interface Tally {
  histories: number;
  legal: number;
  illegal: number;
  unanswered: number;
}

/** History `seed` of all: which subject it belongs to follows from the seed too. Throws at the first disagreement. */
export function compareOne(seed: number, tally: Tally): void {
  const subject = subjects[seed % subjects.length] as Subject;
  const random = new SeededRandom(Math.imul(seed, 0x9e3779b1));
  const history = randomHistory(subject, random);
  const expected = isLinearizable(subject.model, history) ? 'ok' : 'illegal';
  for (const engine of ['fast', 'compat'] as const) {
    const verbose = random.chance(0.3);
    const result = checkOperations(subject.model, history, { engine, verbose });
    const fault =
      result.verdict === expected ? orderFault(subject.model, history, result) : `said ${result.verdict}`;
    if (fault !== undefined)
      throw new Error(
        `seed ${seed}, model ${subject.name}, engine ${engine}: ${fault}; by brute force it is ${expected}: ${JSON.stringify(history)}`,
      );
  }
  tally.histories += 1;
  tally[expected === 'ok' ? 'legal' : 'illegal'] += 1;
  if (history.some((operation) => operation.return === null)) tally.unanswered += 1;
}

/** Every order that is reported must be one: each step possible, nobody before who had to wait, and all of it when the verdict is ok. */
function orderFault(
  model: Model,
  history: readonly Operation[],
  { partitions }: CheckResult,
): string | undefined {
  for (const { verdict, operations, linearizations } of partitions) {
    for (const order of linearizations) {
      const fault = faultOf(model, history, operations, order);
      if (fault !== undefined) return `${fault} in the order ${order.join(' ')}`;
    }
    const placed = new Set(linearizations[0]);
    const missing = operations.find((at) => history[at]?.return !== null && !placed.has(at));
    if (verdict === 'ok' && missing !== undefined)
      return `operation ${missing} is in no order, though the verdict is ok`;
  }
  return undefined;
}

function faultOf(
  model: Model,
  history: readonly Operation[],
  operations: readonly number[],
  order: readonly number[],
): string | undefined {
  let state: unknown = model.init();
  const remaining = new Set(operations);
  for (const at of order) {
    const operation = history[at] as Operation;
    if (!remaining.delete(at)) return `operation ${at} stands twice, or is not of this partition`;
    for (const other of remaining) {
      const back = history[other]?.return;
      if (back !== null && Number(back) < Number(operation.call))
        return `operation ${at} comes before ${other}`;
    }
    const context = { expired: () => false };
    state =
      operation.return === null
        ? model.stepUnanswered?.(state, operation.input, context)
        : model.step(state, operation.input, operation.output, context);
    if (state === undefined) return `operation ${at} is impossible`;
  }
  return undefined;
}
