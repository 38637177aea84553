/** After healing: a barrier message per queue, every queue drained from the master, and from every replica. */
import type { Clock } from '../../cluster/runtime/clock.ts';
import type { OperationBody, Recorder } from '../record/recorder.ts';
import type { LogClient, Outcome, PulledMessages } from '../workload/log-client.ts';
import { awaitCondition, NotReadyError } from './await-condition.ts';

export interface FinalReadsOptions {
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly topic: string;
  readonly queues: number;
  /** Fresh connections, past all links. */
  readonly client: LogClient;
  /** One per broker: reads from that replica alone, whatever its role. */
  readonly replicas: ReadonlyMap<string, LogClient>;
  readonly limitMs: number;
}

/** Process ids of the final reads stand apart from those of the load. */
export const firstFinalProcess = 1_000_000;
const batch = 32;

/**
 * Rejects with NotReadyError when something could not be read within the limit, once all the rest is read: nothing is written to the history
 * afterwards.
 */
export async function finalReads(options: FinalReadsOptions): Promise<void> {
  const queues = Array.from({ length: options.queues }, (_, queueId) => queueId);
  await all(queues.map((queueId) => drainQueue(options, queueId)));
}

async function drainQueue(options: FinalReadsOptions, queueId: number): Promise<void> {
  const main = new FinalProcess(options, queueId, 0);
  const barrier = await main.sendBarrier();
  const replicas = [...options.replicas].map(([node, client], at) => ({
    node,
    client,
    process: new FinalProcess(options, queueId, at + 1),
  }));
  await all([
    main.drain(options.client, 'pull', undefined, barrier),
    ...replicas.map(({ node, client, process }) => process.drain(client, 'replica-pull', node, barrier)),
  ]);
}

/** Waits for all, then rejects with what went wrong: the sentences of several NotReadyErrors together. */
async function all(work: readonly Promise<void>[]): Promise<void> {
  const reasons: unknown[] = [];
  for (const outcome of await Promise.allSettled(work))
    if (outcome.status === 'rejected') reasons.push(outcome.reason);
  const unexpected = reasons.find((reason) => !(reason instanceof NotReadyError));
  if (unexpected !== undefined) throw unexpected;
  const sentences = reasons.map((reason) => (reason instanceof NotReadyError ? reason.message : ''));
  if (sentences.length > 0) throw new NotReadyError(sentences.join('; and '));
}

class FinalProcess {
  readonly #options: FinalReadsOptions;
  readonly #queueId: number;
  readonly #queue: string;
  /** Each operation of unknown outcome retires a process; the ids of one reader of one queue stay apart from all others'. */
  readonly #processStep: number;
  #process: number;
  #sends = 0;

  /** `reader`: 0 for the master's, then one for each replica. */
  constructor(options: FinalReadsOptions, queueId: number, reader: number) {
    this.#options = options;
    this.#queueId = queueId;
    this.#queue = `${options.topic}/${queueId}`;
    this.#processStep = options.queues * (options.replicas.size + 1);
    this.#process = firstFinalProcess + reader * options.queues + queueId;
  }

  /** Returns the barrier's queue offset: whoever has read it has read all there is. */
  async sendBarrier(): Promise<number> {
    const { client, clock, limitMs } = this.#options;
    let offset = -1;
    await awaitCondition(`barrier message on ${this.#queue}`, { clock, limitMs }, async () => {
      this.#sends += 1;
      const value = { queue: this.#queue, message: `barrier-${this.#queueId}-${this.#sends}` };
      this.#invoke({ f: 'send', value });
      const outcome = await client.send(this.#queueId, value.message);
      const answered = outcome.kind === 'ok' ? { ...value, ...outcome.value } : value;
      this.#complete(outcome, { f: 'send', value: answered });
      if (outcome.kind !== 'ok') return outcome.error;
      offset = outcome.value.offset;
      return undefined;
    });
    return offset;
  }

  async drain(
    client: LogClient,
    f: 'pull' | 'replica-pull',
    node: string | undefined,
    last: number,
  ): Promise<void> {
    const { clock, limitMs } = this.#options;
    const at = node === undefined ? {} : { node };
    let from = 0;
    await awaitCondition(
      `reading ${this.#queue} from ${node ?? 'the master'}`,
      { clock, limitMs },
      async () => {
        while (from <= last) {
          const value = { queue: this.#queue, from };
          this.#invoke({ f, value, ...at });
          const outcome = await client.pull(this.#queueId, from, batch);
          this.#complete(outcome, { f, value: withMessages(value, outcome), ...at });
          if (outcome.kind !== 'ok') return `at offset ${from}: ${outcome.error}`;
          const end = outcome.value.messages.at(-1)?.[0];
          if (end === undefined) return `it ends at ${from}, wanted ${last + 1}`;
          from = end + 1;
        }
        return undefined;
      },
    );
  }

  #invoke(body: OperationBody): void {
    this.#options.recorder.invoke(this.#process, body);
  }

  #complete(outcome: Outcome<unknown>, body: OperationBody): void {
    const error = outcome.kind === 'ok' ? {} : { error: outcome.error };
    this.#options.recorder.complete(this.#process, outcome.kind, { ...body, ...error });
    if (outcome.kind === 'info') this.#process += this.#processStep;
  }
}

function withMessages(
  value: { readonly queue: string; readonly from: number },
  outcome: Outcome<PulledMessages>,
) {
  return outcome.kind === 'ok' ? { ...value, messages: outcome.value.messages } : value;
}
