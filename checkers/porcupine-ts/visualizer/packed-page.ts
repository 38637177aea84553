/** Everything that the page shows, packed. */
import type { Model } from '../model.ts';
import type { Operation } from '../operation.ts';
import { describeState, show } from '../program/model-program.ts';
import type { Core } from '../smallest-core.ts';
import type { CheckResult } from '../verdict.ts';
import type { Annotation } from './annotation.ts';
import { ColumnWriter, Numbered } from './columns.ts';
import { type DrawnHistory, shortText, textOf } from './drawn-history.ts';
import type { DrawnOrder } from './drawn-orders.ts';
import { drawnSteps, type VisibleWindow, visibleWindow } from './visible-window.ts';

export interface PageInput {
  readonly model: Model;
  readonly history: DrawnHistory;
  readonly result: CheckResult;
  readonly core: Core | undefined;
  readonly orders: readonly DrawnOrder[];
  readonly annotations: readonly Annotation[];
  readonly title: string;
  readonly timeUnit: string | undefined;
}

const keysMax = 2000;
const metadataMax = 300;
const sentenceMax = 3000;

/** About `most` operations, and the core. */
export function packedPage(input: PageInput, most: number): Uint8Array {
  const { core, history, orders } = input;
  const window = visibleWindow(history, most, focusOf(input), core?.operations ?? [], orders);
  const columns = new ColumnWriter();
  writeOperations(columns, input, window);
  writeOrders(columns, orders, window);
  return columns.packed(factsOf(input, window));
}

/** Where to look, as a number in the order of calls: what could not be placed, else how far the search came. */
function focusOf({ core, history, orders, result }: PageInput): number {
  if (result.verdict === 'ok') return 0;
  const illegal = orders.find(({ partition }) => result.partitions[partition]?.verdict === result.verdict);
  const stuck =
    core?.operations.find((at) => !core.order.includes(at)) ??
    core?.operations.at(-1) ??
    illegal?.refused[0] ??
    illegal?.operations.at(-1);
  return stuck === undefined ? 0 : (history.rank[stuck] as number);
}

function factsOf(
  { annotations, core, history, model, result, timeUnit, title }: PageInput,
  window: VisibleWindow,
) {
  const { base, kindLabels, laneLabels, since } = history;
  const { partitions, reason, steps, verdict } = result;
  const total = history.operations.length;
  return {
    title,
    verdict,
    ...(reason === undefined ? {} : { reason }),
    model: model.name ?? 'a model of your own',
    total,
    drawn: window.drawn.length,
    before: window.before,
    after: window.after,
    steps,
    lanes: laneLabels,
    kinds: kindLabels,
    base,
    ...(timeUnit === undefined ? {} : { timeUnit }),
    initial: shortText(describeState(model, model.init()), metadataMax),
    keyCount: partitions.length,
    keys: partitions.slice(0, keysMax).map(({ key, operations, verdict: own }) => ({
      key: key === undefined ? '' : shortText(show(key), 60),
      verdict: own,
      count: operations.length,
    })),
    core: (core?.operations ?? []).map((at) => window.index[at] as number),
    sentence: shortText(core?.sentence ?? '', sentenceMax),
    annotations: annotations.map(({ colour, details, label, ...when }) => ({
      label,
      ...(colour === undefined ? {} : { colour }),
      ...(details === undefined ? {} : { details }),
      from: since('at' in when ? when.at : when.from),
      ...('to' in when ? { to: since(when.to) } : {}),
    })),
  };
}

function writeOperations(
  columns: ColumnWriter,
  { history, model, result }: PageInput,
  { drawn }: VisibleWindow,
): void {
  const { call, kind, lane, operations, ret } = history;
  const texts = new Numbered<string>();
  const metadata = new Numbered<string>();
  const keyOf = new Int32Array(operations.length);
  for (const [key, part] of result.partitions.entries()) for (const at of part.operations) keyOf[at] = key;
  const numbers = (column: ArrayLike<number>): number[] => drawn.map((at) => column[at] as number);
  const calls = numbers(call);
  // Zero: no answer ever came.
  const durations = drawn.map((at) =>
    (ret[at] as number) < 0 ? 0 : (ret[at] as number) - (call[at] as number) + 1,
  );
  if (calls.every(Number.isSafeInteger) && durations.every(Number.isSafeInteger)) {
    columns.deltas('call', calls);
    columns.varints('duration', durations);
  } else {
    columns.floats('call', calls);
    columns.floats('duration', durations);
  }
  columns.varints('lane', numbers(lane));
  columns.varints('kind', numbers(kind));
  columns.varints('key', numbers(keyOf));
  columns.deltas('position', drawn);
  columns.varints(
    'text',
    drawn.map((at) => texts.numberOf(textOf(model, operations[at] as Operation))),
  );
  columns.texts('texts', texts.values);
  const one = (at: number) => operations[at] as Operation;
  if (drawn.some((at) => one(at).id !== undefined))
    columns.texts(
      'ids',
      drawn.map((at) => String(one(at).id ?? at)),
    );
  if (drawn.some((at) => one(at).metadata !== undefined)) {
    columns.varints(
      'metadata',
      drawn.map((at) => metadata.numberOf(metadataText(one(at).metadata))),
    );
    columns.texts('metadataTexts', metadata.values);
  }
}

function metadataText(metadata: unknown): string {
  if (metadata === undefined) return '';
  return shortText(typeof metadata === 'string' ? metadata : show(metadata), metadataMax);
}

/** Of an order that begins like its key's first one, only the rest. */
function writeOrders(columns: ColumnWriter, orders: readonly DrawnOrder[], { index }: VisibleWindow): void {
  const states = new Numbered<string>();
  const keys: number[] = [];
  const firsts: number[] = [];
  const lengths: number[] = [];
  const totals: number[] = [];
  const shares: number[] = [];
  const steps: number[] = [];
  const stateNumbers: number[] = [];
  const refusedCounts: number[] = [];
  const refused: number[] = [];
  const firstOf = new Map<number, readonly [number, number]>();
  for (const order of orders) {
    const [from, to] = drawnSteps(order.operations, index);
    const first = firstOf.get(order.partition);
    if (first === undefined) firstOf.set(order.partition, [from, to]);
    // The page finds the shared steps in the first order, if it has them.
    const shared =
      first !== undefined && first[0] <= from && order.shared <= first[1]
        ? Math.max(0, Math.min(order.shared, to) - from)
        : 0;
    const here = order.refused.filter((at) => (index[at] as number) >= 0);
    keys.push(order.partition);
    firsts.push(from);
    lengths.push(to - from);
    totals.push(order.operations.length);
    shares.push(shared);
    for (let step = from + shared; step < to; step += 1) {
      const state = order.states[step];
      steps.push(index[order.operations[step] as number] as number);
      stateNumbers.push(state === undefined ? 0 : states.numberOf(state) + 1);
    }
    refusedCounts.push(here.length);
    refused.push(...here.map((at) => index[at] as number));
  }
  columns.varints('orderKey', keys);
  columns.varints('orderFirst', firsts);
  columns.varints('orderLength', lengths);
  columns.varints('orderTotal', totals);
  columns.varints('orderShared', shares);
  columns.deltas('steps', steps);
  columns.deltas('states', stateNumbers);
  columns.texts('stateTexts', states.values);
  columns.varints('refusedCount', refusedCounts);
  columns.deltas('refused', refused);
}
