import type { Arena } from './arena.ts';

const nothing: Int32Array = new Int32Array(0);

/** Steps of all orders that are found. */
const foundStepsMax = 4_000_000;

/**
 * How far a search came. Either the longest order of all, or (verbose) for each operation the first longest one that holds it, as Porcupine defines it:
 * whenever the search cannot go on, what is placed now becomes the longest order of each placed operation whose own is shorter.
 *
 * Verbose costs a step, not the depth: what was placed is a tree of (parent, operation), and each depth of the stack keeps the deepest dead end
 * seen above it, which is compared when that depth is left.
 */
export class LongestOrders {
  readonly #verbose: boolean;
  readonly #best: Int32Array;
  #bestLength = 0;
  /** So much of the stack is the beginning of the best order already. */
  #common = 0;
  #finished = false;

  #parents = nothing;
  #operations = nothing;
  #nodes = 1;
  readonly #nodeAt: Int32Array;
  readonly #deepestNodeAt: Int32Array;
  readonly #deepestAt: Int32Array;
  readonly #longestNode: Int32Array;
  readonly #longestLength: Int32Array;

  constructor(operations: number, verbose: boolean, arena: Arena) {
    this.#verbose = verbose;
    this.#best = arena.take(operations);
    const room = operations + 1;
    const take = (length: number): Int32Array => (verbose ? arena.take(length) : nothing);
    this.#parents = take(2 * room);
    this.#operations = take(2 * room);
    this.#nodeAt = take(room);
    this.#deepestNodeAt = take(room);
    this.#deepestAt = take(room);
    this.#longestNode = take(room);
    this.#longestLength = take(room);
  }

  bytes(): number {
    return this.#best.byteLength + this.#parents.byteLength * 2 + this.#nodeAt.byteLength * 5;
  }

  /** The operation is now the last of `placed` placed ones. */
  enter(operation: number, placed: number): void {
    if (!this.#verbose) return;
    if (this.#nodes === this.#parents.length) {
      this.#parents = doubled(this.#parents);
      this.#operations = doubled(this.#operations);
    }
    this.#parents[this.#nodes] = this.#nodeAt[placed - 1] as number;
    this.#operations[this.#nodes] = operation;
    this.#nodeAt[placed] = this.#nodes;
    this.#nodes += 1;
    this.#deepestAt[placed] = 0;
  }

  /** Nothing can be placed after these. */
  deadEnd(stack: Int32Array, placed: number): void {
    if (this.#verbose) {
      if (placed > (this.#deepestAt[placed] as number)) {
        this.#deepestAt[placed] = placed;
        this.#deepestNodeAt[placed] = this.#nodeAt[placed] as number;
      }
    } else if (placed > this.#bestLength) {
      this.#keep(stack, placed);
    }
  }

  /** The stack goes back from `placed` to `left` operations. */
  leave(stack: Int32Array, placed: number, left: number): void {
    if (left < this.#common) this.#common = left;
    if (!this.#verbose) return;
    for (let depth = placed; depth > left; depth -= 1) this.#settle(stack[depth - 1] as number, depth);
  }

  /** Everything that must be placed is. */
  finish(stack: Int32Array, placed: number): void {
    this.#keep(stack, placed);
    this.#finished = true;
  }

  found(stack: Int32Array, placed: number): number[][] {
    if (this.#finished || !this.#verbose) {
      if (!this.#finished && placed > this.#bestLength) this.#keep(stack, placed);
      return this.#bestLength === 0 && !this.#finished ? [] : [[...this.#best.subarray(0, this.#bestLength)]];
    }
    if (placed > 0) this.deadEnd(stack, placed);
    for (let depth = placed; depth > 0; depth -= 1) this.#settle(stack[depth - 1] as number, depth);
    return this.#longestNodes().map((node) => this.#orderOf(node));
  }

  /** Longest first, and no more than fit: each may be as long as the history. */
  #longestNodes(): number[] {
    const lengths = new Map<number, number>();
    for (const [operation, node] of this.#longestNode.entries())
      if (node !== 0) lengths.set(node, this.#longestLength[operation] as number);
    const byLength = [...lengths].sort(([node, one], [other, two]) => two - one || node - other);
    let steps = 0;
    const kept = byLength.filter(([, length], at) => {
      steps += length;
      return at === 0 || steps <= foundStepsMax;
    });
    return kept.map(([node]) => node);
  }

  #settle(operation: number, depth: number): void {
    const deepest = this.#deepestAt[depth] as number;
    const node = this.#deepestNodeAt[depth] as number;
    if (deepest > (this.#longestLength[operation] as number)) {
      this.#longestLength[operation] = deepest;
      this.#longestNode[operation] = node;
    }
    if (deepest > (this.#deepestAt[depth - 1] as number)) {
      this.#deepestAt[depth - 1] = deepest;
      this.#deepestNodeAt[depth - 1] = node;
    }
  }

  #keep(stack: Int32Array, placed: number): void {
    for (let at = this.#common; at < placed; at += 1) this.#best[at] = stack[at] as number;
    this.#common = placed;
    this.#bestLength = placed;
  }

  #orderOf(leaf: number): number[] {
    const order: number[] = [];
    for (let node = leaf; node !== 0; node = this.#parents[node] as number)
      order.push(this.#operations[node] as number);
    return order.reverse();
  }
}

function doubled(array: Int32Array): Int32Array {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
