import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { Operation } from '../../checkers/history/operation.ts';
import { pairOperations } from '../../checkers/history/paired-operations.ts';
import { checkLinearizableLog } from '../../checkers/log/linearizable-log.ts';
import { logHistories } from '../../checkers/log/log-history.ts';
import type { Clock } from '../../cluster/runtime/clock.ts';
import { SimWorld } from '../deployment/sim/sim-world.ts';
import { HistoryFile } from '../record/history-sink.ts';
import { jsonLines } from '../record/json-lines.ts';
import { Recorder, RunClock } from '../record/recorder.ts';
import type { LogClient, Outcome, PulledMessages } from './log-client.ts';
import { LogWorkload } from './log-workload.ts';

/** A log in memory that answers after a while, by virtual time. */
class FakeClient implements LogClient {
  readonly #logs: readonly string[][];
  readonly #clock: Clock;
  readonly #delayMs: number;
  outcome: 'ok' | 'info' | 'fail' | 'throw' = 'ok';

  constructor(logs: readonly string[][], clock: Clock, delayMs: number) {
    this.#logs = logs;
    this.#clock = clock;
    this.#delayMs = delayMs;
  }

  send(queueId: number, message: string) {
    return this.#answer(() => {
      const log = this.#logs[queueId] ?? [];
      log.push(message);
      return { offset: log.length - 1 };
    });
  }

  pull(queueId: number, from: number, countMax: number): Promise<Outcome<PulledMessages>> {
    return this.#answer(() => {
      const messages = (this.#logs[queueId] ?? []).slice(from, from + countMax);
      return { messages: messages.map((message, k) => [from + k, message] as const) };
    });
  }

  maxOffset(queueId: number) {
    return this.#answer(() => ({ offset: this.#logs[queueId]?.length ?? 0 }));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #answer<T>(work: () => T): Promise<Outcome<T>> {
    return new Promise((resolve, reject) => {
      this.#clock.after(this.#delayMs, () => {
        if (this.outcome === 'throw') reject(new Error('the client broke'));
        else if (this.outcome === 'ok') resolve({ kind: 'ok', value: work(), node: 'n1' });
        else resolve({ kind: this.outcome, error: 'no answer' });
      });
    });
  }
}

describe('a load', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'load-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function apply(options: {
    seconds: number;
    delayMs?: number;
    during?: (client: FakeClient) => void;
  }) {
    const world = new SimWorld(5);
    const { clock, random } = world.host('w1').start();
    const path = join(folder, 'history.jsonl');
    const recorder = new Recorder(new HistoryFile(path), new RunClock(clock));
    const client = new FakeClient([[], []], clock, options.delayMs ?? 2);
    const load = new LogWorkload({
      topic: 't',
      queues: 2,
      concurrency: 8,
      rate: 400,
      random,
      clock,
      recorder,
      clients: [client],
    });
    load.start();
    await world.runFor(options.seconds * 1000);
    options.during?.(client);
    await world.runFor(1000);
    let failure: unknown;
    const stopped = load.stop().catch((error: unknown) => {
      failure = error;
    });
    await world.settle(stopped);
    await recorder.close();
    return { operations: [...jsonLines<Operation>(path)], failure };
  }

  it('keeps to its rate, spread over its processes, and leaves nothing open', async () => {
    const { operations } = await apply({ seconds: 4 });
    const pairs = pairOperations(operations);
    assert.ok(pairs.length > 1800 && pairs.length < 2200, `${pairs.length} operations in 5 s at 400/s`);
    assert.ok(pairs.every(({ done }) => done?.type === 'ok'));
    assert.equal(new Set(pairs.map(({ invoked }) => invoked.process)).size, 8);
  });

  it('is one that an honest log survives', async () => {
    const { operations } = await apply({ seconds: 2 });
    assert.equal(checkLinearizableLog(logHistories(pairOperations(operations))).verdict, 'valid');
  });

  it('retires a process whose operation may have happened', async () => {
    const { operations } = await apply({
      seconds: 1,
      during: (client) => {
        client.outcome = 'info';
      },
    });
    const unknown = operations.filter(({ type }) => type === 'info').map(({ process }) => process);
    assert.ok(unknown.length > 100);
    assert.equal(new Set(unknown).size, unknown.length, 'each is the last of its process');
  });

  it('keeps a process whose operation surely did not happen', async () => {
    const { operations } = await apply({
      seconds: 1,
      during: (client) => {
        client.outcome = 'fail';
      },
    });
    assert.ok(operations.some(({ type }) => type === 'fail'));
    assert.ok(operations.every(({ process }) => process < 8));
  });

  it('waits at its end for what is open', async () => {
    const { operations } = await apply({ seconds: 2, delayMs: 900 });
    assert.ok(pairOperations(operations).every(({ done }) => done !== undefined));
  });

  it('ends with what a client throws, since outcomes are data', async () => {
    const { failure } = await apply({
      seconds: 1,
      during: (client) => {
        client.outcome = 'throw';
      },
    });
    assert.match(String(failure), /the client broke/);
  });
});
