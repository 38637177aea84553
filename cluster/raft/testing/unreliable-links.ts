/** Messages on their way between simulated members: lost, repeated, overtaken, cut off or late, as luck has it. */
import type { RaftMessage } from '../raft-message.ts';

const messagesMax = 400;

export class UnreliableLinks {
  readonly #below: (bound: number) => number;
  readonly #holds: boolean;
  readonly #reorders: boolean;
  readonly #cuts = new Set<string>();
  #onTheirWay: RaftMessage[] = [];
  /** Behind a cut: they arrive late, when it heals. */
  #held: RaftMessage[] = [];

  /** `holds`: what meets a cut is not lost but late. */
  constructor(
    below: (bound: number) => number,
    options: { readonly holds: boolean; readonly reorders: boolean },
  ) {
    this.#below = below;
    this.#holds = options.holds;
    this.#reorders = options.reorders;
  }

  send(message: RaftMessage): void {
    if (this.#onTheirWay.length < messagesMax) this.#onTheirWay.push(message);
  }

  /** Undefined when nothing arrives. */
  take(): RaftMessage | undefined {
    const message = this.#takeAny();
    if (message === undefined || !this.#cuts.has(linkName(message.from, message.to))) return message;
    if (this.#holds && this.#held.length < messagesMax) this.#held.push(message);
    return undefined;
  }

  takeAll(): readonly RaftMessage[] {
    return this.#onTheirWay.splice(0);
  }

  repeatOne(): void {
    const message = this.#onTheirWay[this.#below(Math.max(1, this.#onTheirWay.length))];
    if (message !== undefined) this.#onTheirWay.push(message);
  }

  cut(from: string, to: string): void {
    this.#cuts.add(linkName(from, to));
  }

  heal(): void {
    this.#cuts.clear();
    this.#onTheirWay.push(...this.#held);
    this.#held = [];
  }

  #takeAny(): RaftMessage | undefined {
    const last = this.#onTheirWay.length - 1;
    if (!this.#reorders || last < 1) return this.#onTheirWay.shift();
    const at = this.#below(last + 1);
    const taken = this.#onTheirWay[at];
    const moved = this.#onTheirWay.pop();
    if (at < last && moved !== undefined) this.#onTheirWay[at] = moved;
    return taken;
  }
}

function linkName(from: string, to: string): string {
  return `${from}>${to}`;
}
