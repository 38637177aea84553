/** The front door: is there an order of these operations, each within its time, that the model allows? */
import type { CheckOptions } from './check-options.ts';
import { encodeEvents } from './history/encode-events.ts';
import { encodeOperations } from './history/encode-operations.ts';
import type { EncodedHistory } from './history/encoded-history.ts';
import { partitionsOf } from './history/partitions.ts';
import type { Model } from './model.ts';
import type { HistoryEvent, Operation } from './operation.ts';
import { PartitionRun } from './search/run-partitions.ts';
import type { CheckResult } from './verdict.ts';

/** Checks operations with times. Throws `InvalidHistoryError` for a history that cannot have happened (a return before its call, a time that is no number). */
export function checkOperations<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
  options: CheckOptions = {},
): CheckResult {
  return check(model as Model, encodeOperations(operations), options);
}

/** Checks calls and returns in the order of the list. Results name an operation by the place of its call among the calls. */
export function checkEvents<State, Input, Output>(
  model: Model<State, Input, Output>,
  events: readonly HistoryEvent<Input, Output>[],
  options: CheckOptions = {},
): CheckResult {
  return check(model as Model, encodeEvents(events), options);
}

function check(model: Model, history: EncodedHistory, options: CheckOptions): CheckResult {
  const quanta = new PartitionRun(model, partitionsOf(model, history), options).quanta();
  for (;;) {
    const { done, value } = quanta.next();
    if (done === true) return value;
  }
}
