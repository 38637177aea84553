/**
 * Why a history is illegal: a smallest set of its operations that cannot be ordered, whatever all the others did. An operation outside the set that may
 * have changed something is not taken away (a read of what it wrote would then be illegal by itself): its answer is, so it may have taken effect at any
 * time after its call, or never. What is illegal even so stays illegal with everything known, and each operation of the set is needed.
 */
import { checkOperations } from './check.ts';
import type { Model } from './model.ts';
import type { HistoryEvent, Operation, Time } from './operation.ts';
import { describeState, show } from './program/model-program.ts';

/** Operations that cannot be ordered, each of them needed for that. */
export interface Core {
  /** Positions in the history, in the order of their calls. */
  readonly operations: readonly number[];
  /** The longest order of them that the model allows. */
  readonly order: readonly number[];
  /** False when the time was over before every operation had been tried without. */
  readonly smallest: boolean;
  /** Which operations, how far they can be ordered, and what cannot follow. */
  readonly sentence: string;
}

/** How long it may be sought. */
export interface CoreOptions {
  /** Default 2000. What was found by then is illegal, but may not be the smallest. */
  readonly timeoutMs?: number;
}

/** One attempt gives up after so many steps; the operations it tried to do without are then kept. */
const attemptStepsMax = 200_000;

/** The core of a history that `checkOperations` calls illegal; `undefined` when it is not illegal, or could not be decided again in time. */
export function smallestCore<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
  options: CoreOptions = {},
): Core | undefined {
  return new CoreSearch(model as Model, operations, options.timeoutMs ?? 2000).find();
}

/** The same history as operations, timed by places in the list. */
export function operationsOfEvents<Input, Output>(
  events: readonly HistoryEvent<Input, Output>[],
): Operation<Input, Output>[] {
  const operations: { -readonly [Key in keyof Operation<Input, Output>]: Operation<Input, Output>[Key] }[] =
    [];
  const places = new Map<number | string, number>();
  for (const [at, event] of events.entries()) {
    if (event.kind === 'call') {
      const { id, clientId, value, metadata } = event;
      places.set(id, operations.length);
      operations.push({
        id,
        ...(clientId === undefined ? {} : { clientId }),
        input: value,
        call: at,
        return: null,
        ...(metadata === undefined ? {} : { metadata }),
      });
      continue;
    }
    const operation = operations[places.get(event.id) ?? -1];
    if (operation === undefined) continue;
    operation.output = event.value;
    operation.return = at;
    if (event.metadata !== undefined) operation.metadata = event.metadata;
  }
  return operations;
}

class CoreSearch {
  readonly #model: Model;
  readonly #history: readonly Operation[];
  readonly #deadlineMs: number;

  constructor(model: Model, history: readonly Operation[], timeoutMs: number) {
    this.#model = model;
    this.#history = history;
    this.#deadlineMs = performance.now() + timeoutMs;
  }

  find(): Core | undefined {
    const refuted = checkOperations(this.#model, this.#history, {
      timeoutMs: this.#leftMs(),
    }).partitions.find(({ verdict }) => verdict === 'illegal');
    if (refuted === undefined) return undefined;
    const { partition: _partition, ...whole } = this.#model;
    // In the order of their calls, and only what was answered can be done without.
    const all = refuted.operations.filter((at) => this.#history[at]?.return !== null);
    const kept = this.#withoutChunks(
      whole,
      refuted.operations,
      this.#lastReturns(whole, refuted.operations, all),
    );
    const order = this.#attempt(whole, refuted.operations, kept).partitions[0]?.linearizations[0] ?? [];
    const smallest = this.#leftMs() > 0;
    return {
      operations: kept,
      order,
      smallest,
      sentence: this.#sentence(whole, refuted.operations, kept, order, smallest),
    };
  }

  /** Answers after the first return at which the history is illegal are not needed; and often the last few before it are enough. */
  #lastReturns(model: Model, part: readonly number[], all: readonly number[]): readonly number[] {
    const byReturn = [...all].sort((one, other) => byTime(this.#returnOf(one), this.#returnOf(other)));
    let [least, most] = [1, byReturn.length];
    while (least < most) {
      const middle = (least + most) >> 1;
      if (this.#isIllegal(model, part, byReturn.slice(0, middle))) most = middle;
      else least = middle + 1;
    }
    for (let last = 1; last < most; last *= 2) {
      const few = byReturn.slice(most - last, most);
      if (this.#isIllegal(model, part, few)) return this.#byCall(all, few);
    }
    return this.#byCall(all, byReturn.slice(0, most));
  }

  #byCall(all: readonly number[], some: readonly number[]): readonly number[] {
    const chosen = new Set(some);
    return all.filter((at) => chosen.has(at));
  }

  #withoutChunks(model: Model, part: readonly number[], start: readonly number[]): readonly number[] {
    let kept = start;
    for (let size = Math.ceil(kept.length / 2); ; size = Math.ceil(size / 2)) {
      for (let from = 0; from < kept.length && this.#leftMs() > 0; ) {
        const fewer = [...kept.slice(0, from), ...kept.slice(from + size)];
        if (this.#isIllegal(model, part, fewer)) kept = fewer;
        else from += size;
      }
      // An operation that could not be spared once cannot be spared later either: to know less only allows more.
      if (size <= 1 || this.#leftMs() <= 0) return kept;
    }
  }

  #isIllegal(model: Model, part: readonly number[], kept: readonly number[]): boolean {
    return this.#attempt(model, part, kept).verdict === 'illegal';
  }

  /** Results name positions of the whole history. */
  #attempt(
    model: Model,
    part: readonly number[],
    kept: readonly number[],
  ): ReturnType<typeof checkOperations> {
    const known = new Set(kept);
    const positions: number[] = [];
    const relaxed: Operation[] = [];
    for (const at of part) {
      const operation = this.#history[at] as Operation;
      const relaxedOne = known.has(at) ? operation : this.#relaxed(model, operation);
      if (relaxedOne === undefined) continue;
      positions.push(at);
      relaxed.push(relaxedOne);
    }
    const result = checkOperations(model, relaxed, {
      timeoutMs: Math.max(0, this.#leftMs()),
      stepsMax: attemptStepsMax,
    });
    return {
      ...result,
      partitions: result.partitions.map(({ verdict, key, operations, linearizations }) => ({
        verdict,
        key,
        operations: operations.map((at) => positions[at] as number),
        linearizations: linearizations.map((order) => order.map((at) => positions[at] as number)),
      })),
    };
  }

  /** Without its answer; `undefined` when the answer says that it changed nothing. */
  #relaxed(model: Model, operation: Operation): Operation | undefined {
    if (
      model.isReadOnly?.(operation.input, operation.return === null ? undefined : operation.output) === true
    )
      return undefined;
    // A model that cannot say what an unanswered operation does needs its answer.
    if (model.stepUnanswered === undefined) return operation;
    const { output: _output, ...rest } = operation;
    return { ...rest, return: null };
  }

  #sentence(
    model: Model,
    part: readonly number[],
    kept: readonly number[],
    order: readonly number[],
    smallest: boolean,
  ): string {
    const others = part.length - kept.length;
    const list = kept.map((at) => this.#named(at)).join('; ');
    const whatever = others === 0 ? '' : `, whatever the other ${others === 1 ? 'one' : others} did`;
    const first =
      kept.length === 1
        ? `${list} is impossible${whatever}.`
        : `No order of these ${kept.length} operations explains their answers${whatever}: ${list}.`;
    const blocked = kept.find((at) => !order.includes(at));
    const then = blocked === undefined ? '' : ` ${this.#blockage(model, blocked, order)}`;
    return `${first}${then}${smallest ? '' : ' (The time was over: fewer of them may be enough.)'}`;
  }

  #blockage(model: Model, blocked: number, order: readonly number[]): string {
    const context = { expired: () => false };
    let state: unknown = model.init();
    for (const at of order) {
      const { input, output, return: back } = this.#history[at] as Operation;
      const after =
        back === null
          ? model.stepUnanswered?.(state, input, context)
          : model.step(state, input, output, context);
      state = after ?? state;
    }
    const placed = order.slice(-4).map((at) => this.#text(at));
    const before =
      placed.length === 0
        ? 'At the beginning'
        : `After ${order.length > 4 ? '..., ' : ''}${placed.join(', ')}`;
    return `${before} the state is ${shortened(describeState(model, state))}, and ${this.#text(blocked)} cannot follow.`;
  }

  #named(at: number): string {
    const { id, clientId, call, return: back } = this.#history[at] as Operation;
    const client = clientId === undefined ? '' : ` by client ${clientId}`;
    return `${this.#text(at)} (operation ${id ?? at}${client}, ${call} to ${back})`;
  }

  #text(at: number): string {
    const { input, output, return: back } = this.#history[at] as Operation;
    const answer = back === null ? undefined : output;
    return shortened(this.#model.describeOperation?.(input, answer) ?? `${show(input)} -> ${show(answer)}`);
  }

  #returnOf(at: number): Time {
    return this.#history[at]?.return ?? 0;
  }

  #leftMs(): number {
    return this.#deadlineMs - performance.now();
  }
}

function byTime(one: Time, other: Time): number {
  const [a, b] = [
    typeof one === 'string' ? BigInt(one) : one,
    typeof other === 'string' ? BigInt(other) : other,
  ];
  return a < b ? -1 : a > b ? 1 : 0;
}

function shortened(text: string): string {
  return text.length <= 120 ? text : `${text.slice(0, 70)}...${text.slice(-40)}`;
}
