/**
 * The same question with less to look at. What is left out, and why nothing is missed (checked against brute force in testing/):
 * - A read-only operation that is possible now is placed now and never reconsidered: whatever order completes the history, it can be moved to its front.
 * - An operation without an answer is never forced; it is tried after all others, not when it would change nothing, and of equal ones the earliest first.
 * - Right after such an operation comes one that it made possible or made different: with any other, it could have been left out.
 * - A configuration that a known one covers (same place, fewer operations without an answer used up) is not entered.
 */
import { instructions, readOnlyFlag } from '../program/program.ts';
import { ConfigurationCache } from './configuration-cache.ts';
import { LongestOrders } from './longest-orders.ts';
import type { Interruption, Problem, Search, SearchState } from './problem.ts';
import { step } from './step.ts';
import { type Timeline, timelineOf } from './timeline.ts';
import { toggle, type Unanswered, unansweredOf } from './unanswered.ts';

export class FastSearch implements Search {
  steps = 0;
  readonly #problem: Problem;
  readonly #timeline: Timeline;
  readonly #unanswered: Unanswered;
  readonly #cache: ConfigurationCache;
  readonly #words: Int32Array;
  readonly #parityWords: number;
  readonly #orders: LongestOrders;
  /** What is placed, in order; a frame is one chosen operation and the read-only ones placed after it. */
  readonly #trail: Int32Array;
  readonly #frameStart: Int32Array;
  readonly #frameState: Int32Array;
  #frames = 0;
  #placed = 0;
  #remaining: number;
  #state: number;
  #node = 0;
  #group = -1;
  #started = false;

  /** Per event, the place of the next call that sets the state whatever it is; only where the program knows what that is good for. */
  readonly #nextSet: Int32Array | undefined;

  constructor(problem: Problem, verbose: boolean) {
    this.#problem = problem;
    const { arena } = problem;
    const operations = problem.operations.length;
    this.#timeline = timelineOf(problem, true);
    this.#unanswered = unansweredOf(problem, this.#timeline.unanswered);
    this.#parityWords = (this.#timeline.slots + 31) >> 5;
    this.#words = arena.take(this.#parityWords + this.#unanswered.words);
    this.#cache = new ConfigurationCache(
      this.#parityWords,
      this.#unanswered.words,
      this.#unanswered.cover,
      operations,
      arena,
    );
    this.#orders = new LongestOrders(operations, verbose, arena);
    this.#trail = arena.take(operations);
    this.#frameStart = arena.take(operations + 1);
    this.#frameState = arena.take(operations + 1);
    this.#remaining = operations - this.#timeline.unanswered.length;
    this.#state = problem.program.initial;
    // Who wants to see how far each operation came wants to see the ways that lead nowhere.
    this.#nextSet = verbose ? undefined : nextSetOf(problem, this.#timeline);
  }

  get configurations(): number {
    return this.#cache.count;
  }

  bytes(): number {
    return (
      this.#cache.bytes() +
      this.#orders.bytes() +
      this.#problem.program.space.bytes() +
      this.#timeline.next.length * 14
    );
  }

  linearizations(): number[][] {
    return this.#orders.found(this.#trail, this.#placed);
  }

  /** A read-only operation that is open now needs another state, and nothing that could still come before its return sets one. */
  #isDoomed(state: number): boolean {
    const nextSet = this.#nextSet;
    if (nextSet === undefined) return false;
    const { events, program } = this.#problem;
    const { next, returns } = this.#timeline;
    let node = next[0] as number;
    let event = events[node - 1] as number;
    for (; event >= 0; node = next[node] as number, event = events[node - 1] as number)
      if (((program.code[event * 3] as number) & 15) === instructions.set) return false;
    const setAt = nextSet[node - 1] as number;
    node = next[0] as number;
    event = events[node - 1] as number;
    for (; event >= 0; node = next[node] as number, event = events[node - 1] as number) {
      if (((program.code[event * 3] as number) & readOnlyFlag) === 0 || setAt < (returns[event] as number))
        continue;
      if (program.canReach?.(state, event) === false) return true;
    }
    return false;
  }

  run(stepsMax: number, interruption: Interruption): SearchState {
    const { events, program } = this.#problem;
    const { next, previous, calls, returns, slotOf } = this.#timeline;
    const { code, space } = program;
    const { groups, groupOf, used } = this.#unanswered;
    const cache = this.#cache;
    const words = this.#words;
    const orders = this.#orders;
    const parityWords = this.#parityWords;
    const trail = this.#trail;
    const frameStart = this.#frameStart;
    const frameState = this.#frameState;
    const end = this.steps + stepsMax;
    let frames = this.#frames;
    let placed = this.#placed;
    let remaining = this.#remaining;
    let state = this.#state;
    let node = this.#node;
    let group = this.#group;
    let steps = this.steps;
    let result: SearchState = 'running';
    // Entering: `chosen` was just placed (or nothing, at the start); its read-only followers are placed, then it is looked up.
    let entering = !this.#started;
    this.#started = true;

    while (steps < end && !interruption.raised) {
      if (entering) {
        entering = false;
        for (let at = next[0] as number; remaining > 0 && !interruption.raised; at = next[at] as number) {
          const event = events[at - 1] as number;
          if (event < 0) break;
          if (((code[event * 3] as number) & readOnlyFlag) === 0) continue;
          steps += 1;
          if (step(code, space, state, event) < 0) continue;
          const before = previous[at] as number;
          unlink(next, previous, at, (returns[event] as number) + 1);
          // Its return may have been the next node, which is gone.
          at = before;
          const slot = slotOf[event] as number;
          words[slot >> 5] = (words[slot >> 5] as number) ^ (1 << (slot & 31));
          trail[placed] = event;
          placed += 1;
          remaining -= 1;
          orders.enter(event, placed);
        }
        if (remaining === 0) {
          orders.finish(trail, placed);
          result = 'ok';
          break;
        }
        const doomed = this.#isDoomed(state);
        if (doomed) orders.deadEnd(trail, placed);
        if (!doomed && cache.add(remaining, state, words)) {
          node = next[0] as number;
          group = -1;
        } else {
          // Known, or doomed: back to the frame before, where this operation was chosen.
          group = groups.length + 1;
          node = 0;
        }
      }
      let chosen = -1;
      let after = -1;
      // Right after an operation without an answer only what that one made possible, or made different, is worth a try: everything else was, or will be,
      // tried without it.
      const without =
        placed > 0 && (slotOf[trail[placed - 1] as number] as number) < 0
          ? (frameState[frames - 1] as number)
          : -1;
      if (group < 0) {
        let event = events[node - 1] as number;
        while (event >= 0 && !interruption.raised) {
          if (((code[event * 3] as number) & readOnlyFlag) === 0) {
            steps += 1;
            after = step(code, space, state, event);
            if (after >= 0 && (without < 0 || step(code, space, without, event) !== after)) {
              chosen = event;
              break;
            }
          }
          node = next[node] as number;
          event = events[node - 1] as number;
        }
        if (chosen < 0) group = 0;
      }
      if (chosen < 0 && group <= groups.length) {
        // `node` is the first remaining return: whoever was called after it comes after it.
        for (; group < groups.length && !interruption.raised; group += 1) {
          const members = groups[group] as readonly number[];
          const candidate = members[used[group] as number];
          if (candidate === undefined || (calls[candidate] as number) + 1 > node) continue;
          steps += 1;
          after = step(code, space, state, candidate);
          if (
            after >= 0 &&
            after !== state &&
            (without < 0 || step(code, space, without, candidate) !== after)
          ) {
            chosen = candidate;
            break;
          }
        }
        if (chosen < 0) orders.deadEnd(trail, placed);
      }
      if (chosen >= 0) {
        frameStart[frames] = placed;
        frameState[frames] = state;
        frames += 1;
        if (group < 0) {
          unlink(next, previous, node, (returns[chosen] as number) + 1);
          const slot = slotOf[chosen] as number;
          words[slot >> 5] = (words[slot >> 5] as number) ^ (1 << (slot & 31));
          remaining -= 1;
        } else {
          used[group] = (used[group] as number) + 1;
          toggle(this.#unanswered, chosen, 1, words, parityWords);
        }
        trail[placed] = chosen;
        placed += 1;
        orders.enter(chosen, placed);
        state = after;
        entering = true;
        continue;
      }
      // Nothing more to try here: take back the whole frame and go on behind the operation that was chosen for it.
      if (frames === 0) {
        result = 'illegal';
        break;
      }
      frames -= 1;
      const start = frameStart[frames] as number;
      state = frameState[frames] as number;
      orders.leave(trail, placed, start);
      while (placed > start) {
        placed -= 1;
        const operation = trail[placed] as number;
        const slot = slotOf[operation] as number;
        if (slot < 0) {
          group = groupOf[operation] as number;
          used[group] = (used[group] as number) - 1;
          toggle(this.#unanswered, operation, -1, words, parityWords);
          group += 1;
          // The first remaining return is needed again.
          node = next[0] as number;
          while ((events[node - 1] as number) >= 0) node = next[node] as number;
          continue;
        }
        words[slot >> 5] = (words[slot >> 5] as number) ^ (1 << (slot & 31));
        remaining += 1;
        node = (calls[operation] as number) + 1;
        relink(next, previous, node, (returns[operation] as number) + 1);
        node = next[node] as number;
        group = -1;
      }
    }
    this.#frames = frames;
    this.#placed = placed;
    this.#remaining = remaining;
    this.#state = state;
    this.#node = node;
    this.#group = group;
    this.steps = steps;
    // A slice that ends between placing and looking up goes on there.
    this.#started = !entering;
    return result;
  }
}

function nextSetOf({ events, program, arena }: Problem, { unanswered }: Timeline): Int32Array | undefined {
  const { code, canReach } = program;
  if (canReach === undefined) return undefined;
  const sets = (operation: number): boolean => ((code[operation * 3] as number) & 15) === instructions.set;
  // Those may come at any time.
  if (unanswered.some(sets)) return undefined;
  const nextSet = arena.take(events.length + 1);
  nextSet[events.length] = events.length;
  for (let at = events.length - 1; at >= 0; at -= 1) {
    const event = events[at] as number;
    nextSet[at] = event >= 0 && sets(event) ? at : (nextSet[at + 1] as number);
  }
  return nextSet;
}

function unlink(next: Int32Array, previous: Int32Array, call: number, back: number): void {
  const before = previous[call] as number;
  const behind = next[call] as number;
  next[before] = behind;
  previous[behind] = before;
  const left = previous[back] as number;
  const right = next[back] as number;
  next[left] = right;
  previous[right] = left;
}

function relink(next: Int32Array, previous: Int32Array, call: number, back: number): void {
  next[previous[back] as number] = back;
  previous[next[back] as number] = back;
  next[previous[call] as number] = call;
  previous[next[call] as number] = call;
}
