import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { Operation } from '../../checkers/history/operation.ts';
import { pairOperations } from '../../checkers/history/paired-operations.ts';
import { logHistories } from '../../checkers/log/log-history.ts';
import { checkLost } from '../../checkers/log/lost.ts';
import { checkReplicaReads, ReplicaReads } from '../../checkers/log/replica-reads.ts';
import { SimWorld } from '../deployment/sim/sim-world.ts';
import { HistoryFile } from '../record/history-sink.ts';
import { jsonLines } from '../record/json-lines.ts';
import { Recorder, RunClock } from '../record/recorder.ts';
import type { LogClient, Outcome, PulledMessages } from '../workload/log-client.ts';
import { NotReadyError } from './await-condition.ts';
import { finalReads } from './final-reads.ts';

/** Reads and writes logs in memory; `endsAt` shows the first so many messages only. */
class FakeClient implements LogClient {
  sendsToFail = 0;
  readonly #logs: readonly string[][];
  readonly #endsAt: number;

  constructor(logs: readonly string[][], endsAt = Number.POSITIVE_INFINITY) {
    this.#logs = logs;
    this.#endsAt = endsAt;
  }

  send(queueId: number, message: string): Promise<Outcome<{ offset: number }>> {
    if (this.sendsToFail > 0) {
      this.sendsToFail -= 1;
      return Promise.resolve({ kind: 'info', error: 'no answer' });
    }
    const log = this.#logs[queueId] ?? [];
    log.push(message);
    return Promise.resolve({ kind: 'ok', value: { offset: log.length - 1 } });
  }

  pull(queueId: number, from: number, countMax: number): Promise<Outcome<PulledMessages>> {
    const log = this.#logs[queueId] ?? [];
    const end = Math.min(log.length, this.#endsAt, from + countMax);
    const messages = log.slice(from, end).map((message, k) => [from + k, message] as const);
    return Promise.resolve({ kind: 'ok', value: { messages } });
  }

  maxOffset(): Promise<Outcome<{ offset: number }>> {
    return Promise.resolve({ kind: 'fail', error: 'nobody asks' });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

describe('the final reads', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'final-reads-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const logsOf = () => [Array.from({ length: 70 }, (_, at) => `a${at}`), ['b0', 'b1']];

  async function read(client: FakeClient, replicas: ReadonlyMap<string, LogClient>) {
    const world = new SimWorld(1);
    const { clock } = world.host('w1').start();
    const path = join(folder, 'history.jsonl');
    const recorder = new Recorder(new HistoryFile(path), new RunClock(clock));
    const options = { recorder, clock, topic: 't', queues: 2, client, replicas, limitMs: 5000 };
    let failure: unknown;
    await world.settle(
      finalReads(options).catch((error: unknown) => {
        failure = error;
      }),
    );
    await recorder.close();
    return { failure, operations: [...jsonLines<Operation>(path)] };
  }

  const judgeReplicas = (operations: readonly Operation[], nodes: readonly string[]) => {
    const reads = new ReplicaReads();
    for (const pair of pairOperations(operations)) reads.add(pair);
    return checkReplicaReads(reads, nodes);
  };

  it('drain every queue from the master and from every replica, up to a barrier', async () => {
    const logs = logsOf();
    const { failure, operations } = await read(
      new FakeClient(logs),
      new Map([
        ['n1', new FakeClient(logs)],
        ['n2', new FakeClient(logs)],
      ]),
    );
    assert.equal(failure, undefined);
    assert.deepEqual([logs[0]?.at(-1), logs[1]?.at(-1)], ['barrier-0-1', 'barrier-1-1']);
    const result = judgeReplicas(operations, ['n1', 'n2']);
    assert.equal(result.verdict, 'valid');
    assert.deepEqual(result.facts, { offsets: 74 });
    assert.ok(operations.every(({ process }) => process >= 1_000_000));
  });

  it('send another barrier, of another process, while the outcome is unknown', async () => {
    const client = new FakeClient(logsOf());
    client.sendsToFail = 3;
    const { failure, operations } = await read(client, new Map());
    assert.equal(failure, undefined);
    const sends = operations.filter(({ f, type }) => f === 'send' && type === 'invoke');
    assert.equal(sends.length, 5);
    assert.equal(new Set(sends.map(({ process }) => process)).size, 5);
    assert.equal(pairOperations(operations).length * 2, operations.length);
  });

  it('show a message that is gone', async () => {
    const logs = logsOf();
    logs[0]?.splice(42, 1);
    const { operations } = await read(new FakeClient(logs), new Map());
    const [one, ...others] = logHistories(pairOperations(operations));
    assert.ok(one !== undefined);
    const lost = { message: 'a42', offset: 42, call: -2, ret: -1, failed: false, index: -1 };
    const result = checkLost([{ ...one, appends: [...one.appends, lost] }, ...others], 0);
    assert.deepEqual(
      result.anomalies.map(({ messages }) => messages),
      [['a42']],
    );
  });

  it('say which replica is short, read all the others, and leave nothing to be written afterwards', async () => {
    const logs = logsOf();
    const replicas = new Map([
      ['n1', new FakeClient(logs, 1)],
      ['n2', new FakeClient(logs)],
    ]);
    const { failure, operations } = await read(new FakeClient(logs), replicas);
    assert.ok(failure instanceof NotReadyError);
    assert.equal(
      failure.message,
      'reading t/0 from n1: not within 5 s; it ends at 1, wanted 71; and reading t/1 from n1: not within 5 s; it ends at 1, wanted 3',
    );
    assert.equal(pairOperations(operations).length * 2, operations.length);
    const result = judgeReplicas(operations, ['n1', 'n2']);
    assert.equal(result.verdict, 'unknown');
    assert.match(result.evidence, /t\/0 on n1 from offset 1 on, t\/1 on n1 from offset 1 on/);
  });

  it('say that a queue cannot be written', async () => {
    const client = new FakeClient(logsOf());
    client.sendsToFail = Number.POSITIVE_INFINITY;
    const { failure } = await read(client, new Map());
    assert.match(
      String(failure),
      /barrier message on t\/0: not within 5 s; no answer; and barrier message on t\/1/,
    );
  });
});
