/** Applies the log workload: so many logical processes, each with one operation at a time, at a rate in all. */
import assert from 'node:assert/strict';
import type { Clock } from '../../cluster/runtime/clock.ts';
import type { Random } from '../../cluster/runtime/random.ts';
import type { OperationBody, Recorder } from '../record/recorder.ts';
import type { LogClient, Outcome } from './log-client.ts';
import { LogGenerator, type LogRequest, type RequestMix } from './log-generator.ts';
import type { ScriptedOperation } from './scripted-operation.ts';

export interface LogWorkloadOptions {
  readonly topic: string;
  readonly queues: number;
  readonly mix?: RequestMix;
  readonly concurrency: number;
  /** Operations per second, all processes together. */
  readonly rate: number;
  readonly random: Random;
  readonly clock: Clock;
  readonly recorder: Recorder;
  /** Process p uses client p modulo their number. */
  readonly clients: readonly LogClient[];
  /** These operations in place of what the seed would draw. */
  readonly script?: readonly ScriptedOperation[];
  /** Told of each operation as a script would have it, before its time has come; of the last ones it never comes. */
  readonly planned?: (operation: ScriptedOperation) => void;
}

/** Messages asked for at once: small, so that one message is read by many pulls. */
const pullCountMax = 8;
/** A process that fell behind (its operation hung) does not catch up with a burst longer than this. */
const burstMax = 4;

export class LogWorkload {
  readonly #options: LogWorkloadOptions;
  readonly #loops: Promise<void>[] = [];
  /** What lets the loops that wait go on at once. */
  readonly #wakeUps = new Set<() => void>();
  #stopped = false;
  #loopsOver = 0;
  #startMs = 0;
  #failure: unknown;

  constructor(options: LogWorkloadOptions) {
    this.#options = options;
  }

  start(): void {
    // A client that throws is broken, since outcomes are data: the load ends, and `stop` says so.
    const failed = (error: unknown) => {
      this.#failure ??= error;
      this.#end();
    };
    this.#startMs = this.#options.clock.monotonicMs();
    const { script } = this.#options;
    for (let slot = 0; slot < this.#options.concurrency; slot += 1) {
      const own = script?.filter(({ process }) => process === slot);
      const work = own === undefined ? this.#loop(slot) : this.#follow(slot, own);
      this.#loops.push(
        work.catch(failed).finally(() => {
          this.#loopsOver += 1;
        }),
      );
    }
  }

  /** Nothing more will be invoked, and all is answered: a script is at its end, or a client broke. */
  get isOver(): boolean {
    return this.#loopsOver === this.#loops.length;
  }

  /** Invokes nothing more; resolves when every open operation has its answer, rejects with what a client threw. */
  async stop(): Promise<void> {
    this.#end();
    await Promise.all(this.#loops);
    if (this.#failure !== undefined) throw this.#failure;
  }

  #end(): void {
    this.#stopped = true;
    for (const wake of this.#wakeUps) wake();
  }

  async #loop(slot: number): Promise<void> {
    const { clients, clock, concurrency, queues, rate } = this.#options;
    const random = this.#options.random.fork(`process-${slot}`);
    const client = clients[slot % clients.length];
    assert(client !== undefined, 'a load needs a client');
    const generator = new LogGenerator(random, queues, this.#options.mix);
    const meanMs = (concurrency / rate) * 1000;
    // Starting points are spread, so that the processes do not march in step.
    let due = clock.monotonicMs() + (random.below(1000) / 1000) * meanMs;
    let process = slot;
    while (!this.#stopped) {
      const request = generator.next(process);
      this.#tell(slot, due, generator.written(request));
      await this.#waitUntil(due);
      if (this.#stopped) return;
      const lives = await this.#operate(process, request, client, generator);
      if (!lives) process += concurrency;
      due = Math.max(
        due + meanMs * (0.5 + random.below(1000) / 1000),
        clock.monotonicMs() - burstMax * meanMs,
      );
    }
  }

  async #follow(slot: number, script: readonly ScriptedOperation[]): Promise<void> {
    const { clients, concurrency, queues, random } = this.#options;
    const client = clients[slot % clients.length];
    assert(client !== undefined, 'a load needs a client');
    const generator = new LogGenerator(random, queues, this.#options.mix);
    let process = slot;
    for (const operation of script) {
      const request = generator.scripted(process, operation);
      this.#tell(slot, this.#startMs + operation.atMs, generator.written(request));
      await this.#waitUntil(this.#startMs + operation.atMs);
      if (this.#stopped) return;
      const lives = await this.#operate(process, request, client, generator);
      if (!lives) process += concurrency;
    }
  }

  /** When it was due, not when it came: a script of it then waits as it did, and the run is the same, event for event. */
  #tell(slot: number, dueMs: number, written: Pick<ScriptedOperation, 'f' | 'queueId' | 'back'>): void {
    this.#options.planned?.({ atMs: Math.max(0, dueMs - this.#startMs), process: slot, ...written });
  }

  #waitUntil(dueMs: number): Promise<void> {
    const { clock } = this.#options;
    const delayMs = dueMs - clock.monotonicMs();
    if (delayMs <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        timer.cancel();
        this.#wakeUps.delete(wake);
        resolve();
      };
      const timer = clock.after(delayMs, wake);
      this.#wakeUps.add(wake);
    });
  }

  /** False when the process is retired: it does not know whether its operation happened. */
  async #operate(
    process: number,
    request: LogRequest,
    client: LogClient,
    generator: LogGenerator,
  ): Promise<boolean> {
    const queue = `${this.#options.topic}/${request.queueId}`;
    const { recorder } = this.#options;
    switch (request.f) {
      case 'send': {
        const value = { queue, message: request.message };
        recorder.invoke(process, { f: 'send', value });
        const outcome = await client.send(request.queueId, request.message);
        if (outcome.kind === 'ok') generator.saw(request.queueId, outcome.value.offset + 1);
        return complete(recorder, process, outcome, (offset) => ({
          f: 'send',
          value: { ...value, ...offset },
        }));
      }
      case 'pull': {
        const { from, tail } = request;
        const value = tail ? { queue, from, tail } : { queue, from };
        recorder.invoke(process, { f: 'pull', value });
        const outcome = await client.pull(request.queueId, from, pullCountMax);
        const last = outcome.kind === 'ok' ? outcome.value.messages.at(-1) : undefined;
        if (last !== undefined) generator.saw(request.queueId, last[0] + 1);
        return complete(recorder, process, outcome, (read) => ({ f: 'pull', value: { ...value, ...read } }));
      }
      case 'max-offset': {
        const value = { queue };
        recorder.invoke(process, { f: 'max-offset', value });
        const outcome = await client.maxOffset(request.queueId);
        if (outcome.kind === 'ok') generator.saw(request.queueId, outcome.value.offset);
        return complete(recorder, process, outcome, (offset) => ({
          f: 'max-offset',
          value: { ...value, ...offset },
        }));
      }
      default:
        return request satisfies never;
    }
  }
}

function complete<T extends object>(
  recorder: Recorder,
  process: number,
  outcome: Outcome<T>,
  body: (value: T | Record<string, never>) => OperationBody,
): boolean {
  const node = outcome.node === undefined ? {} : { node: outcome.node };
  if (outcome.kind === 'ok') recorder.complete(process, 'ok', { ...body(outcome.value), ...node });
  else recorder.complete(process, outcome.kind, { ...body({}), ...node, error: outcome.error });
  return outcome.kind !== 'info';
}
