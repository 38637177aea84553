/** Sends at a steady rate, whatever is unanswered, and remembers what was acknowledged and when. */
import { Producer } from '../../cluster/client/producer.ts';
import type { SendOutcome } from '../../cluster/client/send-outcome.ts';
import { osClock } from '../../cluster/runtime/os/os-clock.ts';
import type { Runtime } from '../../cluster/runtime/runtime.ts';

/** As patient as the clients of a run. */
const sendTimeoutMs = 2000;
const connectTimeoutMs = 400;

export interface Acknowledgement {
  /** Unique. */
  readonly message: string;
  readonly queueId: number;
  readonly offset: number;
  /** The broker's host name. */
  readonly node: string;
  /** Monotonic. */
  readonly atMs: number;
}

export interface SteadySendersOptions {
  readonly nameServers: readonly string[];
  readonly topic: string;
  readonly queues: number;
  readonly perSecond: number;
  /** Each with connections of its own. */
  readonly producers: number;
}

export class SteadySenders {
  /** In the order in which they came. */
  readonly acknowledged: Acknowledgement[] = [];
  readonly #options: SteadySendersOptions;
  readonly #producers: readonly Producer[];
  readonly #startMs = osClock.monotonicMs();
  #sent = 0;
  #open = 0;
  #isStopped = false;
  #allAnswered: (() => void) | undefined;

  constructor(runtime: Runtime, options: SteadySendersOptions) {
    this.#options = options;
    this.#producers = Array.from(
      { length: options.producers },
      () =>
        new Producer(runtime, {
          producerGroup: 'bench',
          nameservers: options.nameServers,
          retryUnknown: false,
          sendTimeoutMs,
          connectTimeoutMs,
        }),
    );
    this.#tick();
  }

  /** Resolves when every send has its outcome. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#open > 0) {
      await new Promise<void>((resolve) => {
        this.#allAnswered = resolve;
      });
    }
    for (const producer of this.#producers) producer.stop();
  }

  #tick(): void {
    if (this.#isStopped) return;
    const due = ((osClock.monotonicMs() - this.#startMs) / 1000) * this.#options.perSecond;
    while (this.#sent < due) this.#send();
    osClock.after(1, () => this.#tick());
  }

  #send(): void {
    const { topic, queues } = this.#options;
    const message = `m${this.#sent}`;
    const queueId = this.#sent % queues;
    const producer = this.#producers[this.#sent % this.#producers.length];
    this.#sent += 1;
    this.#open += 1;
    producer?.send({ topic, queueId, body: Buffer.from(message) }, (outcome) =>
      this.#answered(message, queueId, outcome),
    );
  }

  #answered(message: string, queueId: number, outcome: SendOutcome): void {
    this.#open -= 1;
    if (outcome.kind === 'ok') {
      const node = outcome.address.slice(0, outcome.address.lastIndexOf(':'));
      const atMs = osClock.monotonicMs();
      this.acknowledged.push({ message, queueId, offset: outcome.queueOffset, node, atMs });
    }
    if (this.#isStopped && this.#open === 0) this.#allAnswered?.();
  }
}
