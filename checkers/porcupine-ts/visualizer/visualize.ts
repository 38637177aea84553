/** A history and what a check found in it, as one HTML page that shows why. */
import { checkOperations } from '../check.ts';
import type { Model } from '../model.ts';
import type { Operation } from '../operation.ts';
import { type Core, smallestCore } from '../smallest-core.ts';
import type { CheckResult, PartitionResult } from '../verdict.ts';
import type { Annotation } from './annotation.ts';
import { drawnHistory, textOf } from './drawn-history.ts';
import { type DrawnOrder, drawnOrders } from './drawn-orders.ts';
import { packedPage } from './packed-page.ts';
import { pageHtml } from './page-html.ts';

/** What `visualize` is to show besides the history. */
export interface VisualizeOptions {
  /** What `checkOperations` said of the same operations; checked again when absent. */
  readonly result?: CheckResult;
  /** What `smallestCore` said; sought when absent and the history is illegal. */
  readonly core?: Core;
  readonly title?: string;
  readonly annotations?: readonly Annotation[];
  /** What one unit of the history's times is, to write them in seconds. Absent: times are written as they are. */
  readonly timeUnit?: 's' | 'ms' | 'us' | 'ns';
  /** The page is never larger, default 5,000,000 bytes: of a longer history it draws what matters, and says what it left out. */
  readonly bytesMax?: number;
  /** For the check (when `result` is absent), for the core, and for the orders of illegal keys: each at most so long, default 5000. */
  readonly timeoutMs?: number;
}

const bytesMaxDefault = 5_000_000;
const drawnMax = 200_000;
/** Operations of a core that are named and outlined. */
const smallestMax = 1000;
const unfinishedMax = 50;

/**
 * Writes one HTML page without references to anything else, in Node and in browsers. Throws `InvalidHistoryError` for a history that cannot have
 * happened, and `RangeError` when not even an empty page has room within `bytesMax`.
 */
export function visualize<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
  options: VisualizeOptions = {},
): string {
  const { annotations = [], bytesMax = bytesMaxDefault, timeoutMs = 5000 } = options;
  const anyModel = model as Model;
  const history = drawnHistory(anyModel, operations);
  const result = options.result ?? checkOperations(model, operations, { timeoutMs });
  const found =
    options.core ??
    (result.verdict === 'illegal' ? smallestCore(model, operations, { timeoutMs }) : undefined);
  const orders = ordersOf(anyModel, operations, result, timeoutMs);
  const core =
    found === undefined || isTelling(found) ? found : whatCannotFollow(found, anyModel, operations, orders);
  const input = {
    model: anyModel,
    history,
    result,
    core,
    orders,
    annotations,
    title: options.title ?? `${model.name ?? 'history'}: ${result.verdict}`,
    timeUnit: options.timeUnit,
  };
  for (let most = Math.min(operations.length, drawnMax); ; ) {
    const html = pageHtml(input.title, packedPage(input, most));
    const bytes = new TextEncoder().encode(html).length;
    if (bytes <= bytesMax) return html;
    if (most === 0)
      throw new RangeError(
        `bytesMax: wanted at least ${bytes}, the page without operations; got ${bytesMax}`,
      );
    most = Math.floor(most * Math.min(0.9, (0.95 * bytesMax) / bytes));
  }
}

/** A core that time did not suffice to make small says nothing that the longest order does not say better. */
function isTelling({ operations, smallest }: Core): boolean {
  return operations.length <= (smallest ? smallestMax : unfinishedMax);
}

/** Instead of it: what was refused at the end of the longest order. */
function whatCannotFollow(
  found: Core,
  model: Model,
  operations: readonly Operation[],
  orders: readonly DrawnOrder[],
): Core {
  const order = orders.find(({ refused }) => refused.length > 0);
  const stuck = order?.refused[0];
  const text = stuck === undefined ? '' : textOf(model, operations[stuck] as Operation);
  const state = order?.states.at(-1);
  const end =
    order === undefined
      ? ''
      : ` After the ${order.operations.length} steps of the longest order${state === undefined ? '' : ` the state is ${state}, and`} ${text} cannot follow.`;
  const why = found.smallest ? 'It takes' : 'The time was over when it still took';
  return {
    operations: stuck === undefined ? [] : [stuck],
    order: order?.operations ?? [],
    smallest: false,
    sentence: `No order of the operations explains their answers.${end} (${why} ${found.operations.length} of them to show it.)`,
  };
}

function ordersOf(
  model: Model,
  operations: readonly Operation[],
  result: CheckResult,
  timeoutMs: number,
): DrawnOrder[] {
  const now = performance.now();
  const time = { deadlineMs: now + 2 * timeoutMs, tellUntilMs: now + timeoutMs };
  return result.partitions.flatMap((part, partition) =>
    drawnOrders(
      model,
      operations,
      part.verdict === 'illegal' ? thorough(model, operations, part, timeoutMs) : part,
      partition,
      time,
    ),
  );
}

/** An illegal key with the longest order through each of its operations, which a check only collects when asked. */
function thorough(
  model: Model,
  operations: readonly Operation[],
  part: PartitionResult,
  timeoutMs: number,
): PartitionResult {
  if (part.linearizations.length > 1) return part;
  const { partition: _, ...whole } = model;
  const again = checkOperations(
    whole,
    part.operations.map((at) => operations[at] as Operation),
    { verbose: true, timeoutMs, memoryBytesMax: 1e9 },
  ).partitions[0];
  if (again === undefined || again.verdict !== 'illegal') return part;
  const orders = again.linearizations.map((order) => order.map((at) => part.operations[at] as number));
  return orders.length === 0 ? part : { ...part, linearizations: orders };
}
