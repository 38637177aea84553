/** The orders that a check found, with the state after each step and what was refused at their end. */
import type { Model } from '../model.ts';
import type { Operation } from '../operation.ts';
import { describeState } from '../program/model-program.ts';
import type { PartitionResult } from '../verdict.ts';
import { shortText } from './drawn-history.ts';

export interface DrawnOrder {
  readonly partition: number;
  /** Places in the history. */
  readonly operations: readonly number[];
  /** So many of the first steps are those of the partition's first order. */
  readonly shared: number;
  /** After each step; undefined where there was no time to tell. */
  readonly states: readonly (string | undefined)[];
  readonly refused: readonly number[];
}

const ordersMax = 200;
/** Steps of all orders of a partition, those not counted that they share with the first. */
const ownStepsMax = 300_000;
const refusedMax = 40;
/** States that are held so that another order need not be stepped from the beginning. */
const heldStates = 512;
const stateTextMax = 160;
/** Steps before the end whose states are told even when the time for telling is over. */
const lastStates = 1500;
const stepContext = { expired: () => false };

export interface TimeToTell {
  /** Stops stepping; orders after it are drawn without states. */
  readonly deadlineMs: number;
  /** Tells only the last states of an order after this. */
  readonly tellUntilMs: number;
}

/** Longest first, as the check sorts them. */
export function drawnOrders(
  model: Model,
  history: readonly Operation[],
  part: PartitionResult,
  partition: number,
  time: TimeToTell,
): DrawnOrder[] {
  const { partition: _, ...whole } = model;
  const teller = new Teller(whole, history, part, time);
  const drawn: DrawnOrder[] = [];
  let ownSteps = 0;
  for (const order of part.linearizations.slice(0, ordersMax)) {
    const one = teller.told(order, partition);
    ownSteps += drawn.length === 0 ? 0 : order.length - one.shared;
    if (ownSteps > ownStepsMax) break;
    drawn.push(one);
  }
  // Nothing at all could be placed: what was refused at the beginning.
  if (drawn.length === 0 && part.verdict === 'illegal') drawn.push(teller.told([], partition));
  return drawn;
}

class Teller {
  readonly #model: Model;
  readonly #history: readonly Operation[];
  readonly #part: PartitionResult;
  readonly #time: TimeToTell;
  /** Of the first order. */
  #first: readonly number[] | undefined;
  #texts: (string | undefined)[] = [];
  /** Step and state after it; the last ones only. */
  readonly #held = new Map<number, unknown>();

  constructor(model: Model, history: readonly Operation[], part: PartitionResult, time: TimeToTell) {
    this.#model = model;
    this.#history = history;
    this.#part = part;
    this.#time = time;
  }

  told(order: readonly number[], partition: number): DrawnOrder {
    const isFirst = this.#first === undefined;
    const first = this.#first ?? order;
    this.#first = first;
    const shared = isFirst ? 0 : commonLength(first, order);
    let from = 0;
    let state: unknown = this.#model.init();
    if (shared > 0 && this.#held.has(shared - 1)) [from, state] = [shared, this.#held.get(shared - 1)];
    const texts = from === 0 ? [] : this.#texts.slice(0, from);
    for (let step = from; step < order.length; step += 1) {
      if ((step & 63) === 0 && performance.now() > this.#time.deadlineMs)
        return { partition, operations: order, shared, states: texts, refused: [] };
      state = this.#after(state, order[step] as number) ?? state;
      const tells = order.length - step <= lastStates || performance.now() < this.#time.tellUntilMs;
      texts.push(tells ? this.#describe(state) : undefined);
      if (isFirst) {
        this.#held.set(step, state);
        this.#held.delete(step - heldStates);
      }
    }
    if (isFirst) this.#texts = texts;
    const refused = this.#part.verdict === 'ok' ? [] : this.#refused(order, state);
    return { partition, operations: order, shared, states: texts, refused };
  }

  /** Of what could come next: nothing else had returned before it was called. */
  #refused(order: readonly number[], state: unknown): number[] {
    const placed = new Set(order);
    const left = this.#part.operations.filter((at) => !placed.has(at));
    let firstReturn: Operation['return'] = null;
    for (const at of left) {
      const back = this.#history[at]?.return ?? null;
      if (back !== null && (firstReturn === null || isLater(firstReturn, back))) firstReturn = back;
    }
    const refused: number[] = [];
    for (const at of left) {
      const { call, return: back } = this.#history[at] as Operation;
      if (back === null || (firstReturn !== null && isLater(call, firstReturn))) continue;
      if (this.#after(state, at) === undefined) refused.push(at);
      if (refused.length === refusedMax) break;
    }
    return refused;
  }

  #after(state: unknown, at: number): unknown {
    const { input, output, return: back } = this.#history[at] as Operation;
    return back === null
      ? this.#model.stepUnanswered?.(state, input, stepContext)
      : this.#model.step(state, input, output, stepContext);
  }

  #describe(state: unknown): string {
    return shortText(describeState(this.#model, state), stateTextMax);
  }
}

function isLater(one: NonNullable<Operation['return']>, other: NonNullable<Operation['return']>): boolean {
  const exact = (time: typeof one) => (typeof time === 'string' ? BigInt(time) : time);
  return exact(one) > exact(other);
}

function commonLength(one: readonly number[], other: readonly number[]): number {
  let length = 0;
  while (length < one.length && length < other.length && one[length] === other[length]) length += 1;
  return length;
}
