/**
 * Porcupine's search, configuration for configuration and in its order: the earliest remaining call first, back at the first remaining return. Only what
 * a configuration costs differs. An operation without an answer is tried like any other, and left out when nothing else is left.
 */
import { ConfigurationCache } from './configuration-cache.ts';
import { LongestOrders } from './longest-orders.ts';
import type { Interruption, Problem, Search, SearchState } from './problem.ts';
import { step } from './step.ts';
import { type Timeline, timelineOf } from './timeline.ts';

export class CompatSearch implements Search {
  steps = 0;
  readonly #problem: Problem;
  readonly #timeline: Timeline;
  readonly #cache: ConfigurationCache;
  readonly #words: Int32Array;
  readonly #orders: LongestOrders;
  readonly #stackOperation: Int32Array;
  readonly #stackState: Int32Array;
  #node: number;
  #placed = 0;
  #state: number;

  constructor(problem: Problem, verbose: boolean) {
    this.#problem = problem;
    const { arena } = problem;
    const operations = problem.operations.length;
    this.#timeline = timelineOf(problem, false);
    const words = Math.max(1, (this.#timeline.slots + 31) >> 5);
    this.#words = arena.take(words);
    this.#cache = new ConfigurationCache(words, 0, 'bits', operations, arena);
    this.#orders = new LongestOrders(operations, verbose, arena);
    this.#stackOperation = arena.take(operations);
    this.#stackState = arena.take(operations);
    this.#node = this.#timeline.next[0] as number;
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
      this.#timeline.next.length * 16
    );
  }

  linearizations(): number[][] {
    return this.#orders.found(this.#stackOperation, this.#placed);
  }

  run(stepsMax: number, interruption: Interruption): SearchState {
    const { events, program } = this.#problem;
    const { next, previous, calls, returns, slotOf } = this.#timeline;
    const { code, space } = program;
    const cache = this.#cache;
    const words = this.#words;
    const orders = this.#orders;
    const stackOperation = this.#stackOperation;
    const stackState = this.#stackState;
    const tail = next.length - 1;
    const end = this.steps + stepsMax;
    let node = this.#node;
    let placed = this.#placed;
    let state = this.#state;
    let steps = this.steps;
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
    this.#node = node;
    this.#placed = placed;
    this.#state = state;
    this.steps = steps;
    return result;
  }
}
