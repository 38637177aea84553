/**
 * Porcupine's search, configuration for configuration and in its order: the earliest remaining call first, back at the first remaining return. Only what
 * a configuration costs differs. An operation without an answer is tried like any other, and left out when nothing else is left.
 */
import { ConfigurationCache } from './configuration-cache.ts';
import { LongestOrders } from './longest-orders.ts';
import type { Interruption, Problem, Search, SearchState } from './problem.ts';
import { assignSlots, type Slots } from './slots.ts';
import { step } from './step.ts';

export class CompatSearch implements Search {
  steps = 0;
  readonly #problem: Problem;
  readonly #slots: Slots;
  readonly #cache: ConfigurationCache;
  readonly #words: Int32Array;
  readonly #orders: LongestOrders;
  /** The remaining calls and returns as a doubly linked list; 0 is its head, the last one its tail, event i is node i + 1. */
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  readonly #stackOperation: Int32Array;
  readonly #stackState: Int32Array;
  #node: number;
  #placed = 0;
  #state: number;

  constructor(problem: Problem, verbose: boolean) {
    this.#problem = problem;
    this.#slots = assignSlots(problem, false);
    const words = Math.max(1, (this.#slots.count + 31) >> 5);
    this.#words = new Int32Array(words);
    this.#cache = new ConfigurationCache(words, 0, 'bits', problem.operations);
    this.#orders = new LongestOrders(problem.operations, verbose);
    const nodes = problem.events.length + 2;
    this.#next = new Int32Array(nodes);
    this.#previous = new Int32Array(nodes);
    for (let node = 0; node < nodes; node += 1) {
      this.#next[node] = node + 1;
      this.#previous[node] = node - 1;
    }
    this.#stackOperation = new Int32Array(problem.operations);
    this.#stackState = new Int32Array(problem.operations);
    this.#node = 1;
    this.#state = problem.program.initial;
  }

  get configurations(): number {
    return this.#cache.count;
  }

  bytes(): number {
    return (
      this.#cache.bytes() +
      this.#orders.bytes() +
      this.#problem.program.space.bytes() +
      this.#next.length * 16
    );
  }

  linearizations(): number[][] {
    return this.#orders.found(this.#stackOperation, this.#placed);
  }

  run(stepsMax: number, interruption: Interruption): SearchState {
    const { events, calls, returns, program } = this.#problem;
    const { code, space } = program;
    const { slotOf } = this.#slots;
    const [cache, words, orders] = [this.#cache, this.#words, this.#orders];
    const [next, previous] = [this.#next, this.#previous];
    const [stackOperation, stackState] = [this.#stackOperation, this.#stackState];
    const tail = next.length - 1;
    const end = this.steps + stepsMax;
    let [node, placed, state, steps] = [this.#node, this.#placed, this.#state, this.steps];
    let result: SearchState = 'running';
    while (steps < end && !interruption.raised) {
      if (node === tail) {
        orders.finish(stackOperation, placed);
        result = 'ok';
        break;
      }
      const event = events[node - 1] as number;
      if (event >= 0) {
        steps += 1;
        const after = step(code, space, state, event);
        if (after >= 0) {
          const slot = slotOf[event] as number;
          words[slot >> 5] = (words[slot >> 5] as number) ^ (1 << (slot & 31));
          if (cache.add(placed + 1, after, words)) {
            stackOperation[placed] = event;
            stackState[placed] = state;
            placed += 1;
            orders.enter(event, placed);
            state = after;
            const before = previous[node] as number;
            const behind = next[node] as number;
            next[before] = behind;
            previous[behind] = before;
            const back = (returns[event] as number) + 1;
            if (back > 0) {
              const left = previous[back] as number;
              const right = next[back] as number;
              next[left] = right;
              previous[right] = left;
            }
            node = next[0] as number;
            continue;
          }
          words[slot >> 5] = (words[slot >> 5] as number) ^ (1 << (slot & 31));
        }
        node = next[node] as number;
        continue;
      }
      if (placed === 0) {
        result = 'illegal';
        break;
      }
      orders.deadEnd(stackOperation, placed);
      orders.leave(stackOperation, placed, placed - 1);
      placed -= 1;
      const operation = stackOperation[placed] as number;
      state = stackState[placed] as number;
      const slot = slotOf[operation] as number;
      words[slot >> 5] = (words[slot >> 5] as number) ^ (1 << (slot & 31));
      const back = (returns[operation] as number) + 1;
      if (back > 0) {
        next[previous[back] as number] = back;
        previous[next[back] as number] = back;
      }
      node = (calls[operation] as number) + 1;
      next[previous[node] as number] = node;
      previous[next[node] as number] = node;
      node = next[node] as number;
    }
    [this.#node, this.#placed, this.#state, this.steps] = [node, placed, state, steps];
    return result;
  }
}
