/** What happens to the bytes one host sends to another, whoever dialled. */
import type { SimRandom } from './sim-random.ts';

/**
 * drop: bytes are lost, and the connections that lost some are closed at the heal. hold: bytes wait and arrive, in order, at the heal.
 * reset: connections are closed at once and new ones refused.
 */
export type CutFlavour = 'drop' | 'hold' | 'reset';

export interface LinkShape {
  /** Shortest way; 0.05 ms when nothing is said. */
  readonly latencyMs?: number;
  /** Up to so much is added, by luck; 0.45 ms when nothing is said. */
  readonly jitterMs?: number;
  /** Endless when nothing is said. */
  readonly bytesPerMs?: number;
  /** Bytes arrive at most so many and a half more at a time, and so long apart. */
  readonly crumbBytes?: number;
  readonly crumbGapMs?: number;
  /** A connection ends when so many bytes arrived under this shape. */
  readonly limitBytes?: number;
  /** Of 100 connections so many end with their next bytes. */
  readonly resetPercent?: number;
}

const latencyUs = 50;
const jitterUs = 450;
/** One segment in so many is up to ten times later. */
const lateOneIn = 50;

export class SimLink {
  readonly from: string;
  readonly to: string;
  cut: CutFlavour | undefined;
  #shape: LinkShape = {};
  /** A narrow link carries one byte after the other, of all connections. */
  #busyUntilUs = 0;

  constructor(from: string, to: string) {
    this.from = from;
    this.to = to;
  }

  shape(shape: LinkShape): void {
    this.#shape = shape;
    this.#busyUntilUs = 0;
  }

  /** Another one for each shaping: what a connection has come to under an earlier one counts no more. */
  get lossyShape(): LinkShape | undefined {
    const { crumbBytes, limitBytes, resetPercent } = this.#shape;
    return (crumbBytes ?? limitBytes ?? resetPercent) === undefined ? undefined : this.#shape;
  }

  get isNarrow(): boolean {
    return this.#shape.bytesPerMs !== undefined;
  }

  delayUs(random: SimRandom, bytes: number, nowUs: number): number {
    const { latencyMs, jitterMs, bytesPerMs } = this.#shape;
    const shortestUs = latencyMs === undefined ? latencyUs : latencyMs * 1000;
    const spreadUs = Math.ceil(jitterMs === undefined ? jitterUs : jitterMs * 1000);
    const luckUs = random.below(spreadUs + 1) * (random.oneIn(lateOneIn) ? 10 : 1);
    if (bytesPerMs === undefined) return Math.ceil(shortestUs + luckUs);
    this.#busyUntilUs = Math.max(nowUs, this.#busyUntilUs) + (bytes / bytesPerMs) * 1000;
    return Math.ceil(shortestUs + luckUs + this.#busyUntilUs - nowUs);
  }
}
