/** The front door: is there an order of these operations, each within its time, that the model allows? */
import type { CheckOptions } from './check-options.ts';
import type { Model } from './model.ts';
import type { HistoryEvent, Operation } from './operation.ts';
import type { CheckResult } from './verdict.ts';

/** Checks operations with times. Throws `InvalidHistoryError` for a history that cannot have happened (a return before its call, a time that is no number). */
export function checkOperations<State, Input, Output>(
  _model: Model<State, Input, Output>,
  _operations: readonly Operation<Input, Output>[],
  _options: CheckOptions = {},
): CheckResult {
  throw new Error('not yet');
}

/** Checks calls and returns in the order of the list. */
export function checkEvents<State, Input, Output>(
  _model: Model<State, Input, Output>,
  _events: readonly HistoryEvent<Input, Output>[],
  _options: CheckOptions = {},
): CheckResult {
  throw new Error('not yet');
}
