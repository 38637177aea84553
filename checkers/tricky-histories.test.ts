import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import type { AnomalyName, CheckResult } from './anomaly.ts';
import type { ControllerOperation } from './controller/controller-history.ts';
import { checkEpochOwners } from './controller/epoch-owners.ts';
import { checkLinearizableLog } from './log/linearizable-log.ts';
import { type Append, batchOf, type Read } from './log/log-history.ts';
import { checkFifoQueue, type Dequeue, type Enqueue } from './queue/fifo-queue.ts';
import { checkRegister } from './register/linearizable-register.ts';
import type { RegisterOperation, RegisterValue } from './register/register-history.ts';
import { checkEpochTables } from './replication/epoch-tables.ts';
import type { Confirmation, Snapshot, Truncation } from './replication/replication-history.ts';

interface TrickyOperation {
  readonly f: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly output: Readonly<Record<string, unknown>> | null;
  readonly call: number;
  readonly return: number | null;
}

interface TrickyHistory {
  readonly name: string;
  readonly model: string;
  readonly why: string;
  readonly ops: readonly TrickyOperation[];
  readonly expect: { readonly valid: boolean; readonly anomalies: readonly AnomalyName[] };
}

type Judge = (operations: readonly TrickyOperation[]) => readonly CheckResult[];

const interval = ({ call, return: ret }: TrickyOperation, index: number) => ({
  call,
  ret: ret ?? Infinity,
  index,
});
const failed = ({ output }: TrickyOperation) => output?.['fail'] === true;

const judges: Readonly<Record<string, Judge>> = {
  log: (operations) => {
    const appends: Append[] = [];
    const reads: Read[] = [];
    for (const [at, op] of operations.entries()) {
      const { input, output } = op;
      const offset = output?.['offset'] as number | undefined;
      if (op.f === 'append')
        appends.push({ ...interval(op, at), message: String(input['msg']), offset, failed: failed(op) });
      else if (op.f === 'pull') {
        const messages = (output?.['msgs'] ?? []) as [number, string][];
        reads.push({ ...interval(op, at), kind: 'pull', batch: batchOf(Number(input['from']), messages) });
      } else reads.push({ ...interval(op, at), kind: 'max-offset', offset: offset ?? 0 });
    }
    return [checkLinearizableLog([{ queue: 't/0', appends, reads }])];
  },
  queue: (operations) => {
    const enqueues: Enqueue[] = [];
    const dequeues: Dequeue[] = [];
    for (const [at, op] of operations.entries()) {
      if (op.f === 'enqueue')
        enqueues.push({ ...interval(op, at), value: String(op.input['value']), failed: failed(op) });
      else {
        const value = op.output === null ? undefined : (op.output['value'] as string | null);
        dequeues.push({ ...interval(op, at), value });
      }
    }
    return [checkFifoQueue({ queue: 'q', enqueues, dequeues })];
  },
  register: (operations) => {
    const keys = new Map<string, RegisterOperation[]>();
    for (const [at, op] of operations.entries()) {
      const key = String(op.input['key'] ?? 'r');
      const base = { ...interval(op, at), failed: failed(op) };
      const own = keys.get(key) ?? [];
      keys.set(key, own);
      const value = (of: unknown) => (of ?? null) as RegisterValue;
      if (op.f === 'read') own.push({ ...base, f: 'read', value: value(op.output?.['value']) });
      else if (op.f === 'write') own.push({ ...base, f: 'write', value: value(op.input['value']) });
      else {
        const { from, to } = op.input;
        const matched = op.output === null ? undefined : op.output['ok'] === true;
        own.push({ ...base, f: 'cas', from: value(from), to: value(to), matched });
      }
    }
    return [...keys].map(([register, own]) => checkRegister({ register, operations: own }));
  },
  controller: (operations) => {
    const history = operations.map((op, at): ControllerOperation => {
      const epoch = Number(op.input['epoch'] ?? op.output?.['epoch']);
      const broker = String(op.input['broker'] ?? op.output?.['broker']);
      const kind = op.f === 'elect' ? 'elect' : op.f === 'fencedAppend' ? 'ack' : 'seen';
      return { ...interval(op, at), kind, broker, epoch };
    });
    return [checkEpochOwners(history)];
  },
  replicas: (operations) => {
    const snapshots: Snapshot[] = [];
    const confirmations: Confirmation[] = [];
    const truncations: Truncation[] = [];
    for (const [at, op] of operations.entries()) {
      const base = { ...interval(op, at), replica: String(op.input['replica']) };
      const { output } = op;
      if (op.f === 'confirm')
        confirmations.push({ ...base, epoch: Number(op.input['epoch']), offset: Number(output?.['offset']) });
      else if (op.f === 'truncate') truncations.push({ ...base, to: Number(op.input['to']) });
      else {
        const table = (output?.['table'] ?? []) as [number, number][];
        const digests = Object.entries((output?.['digests'] ?? {}) as Record<string, string>);
        snapshots.push({
          ...base,
          epochs: table.map(([epoch, startOffset]) => ({ epoch, startOffset })),
          maxOffset: Number(output?.['max']),
          confirmOffset: Number(output?.['confirm']),
          digests: new Map(digests.map(([offset, digest]) => [Number(offset), digest])),
        });
      }
    }
    return [checkEpochTables({ snapshots, confirmations, truncations, begins: [] })];
  },
};

const histories = JSON.parse(
  readFileSync('checkers/fixtures/tricky-histories.json', 'utf8'),
) as TrickyHistory[];

describe('the hand-made histories', () => {
  it('are 63, of five models', () => {
    assert.equal(histories.length, 63);
    assert.deepEqual([...new Set(histories.map(({ model }) => model))].sort(), Object.keys(judges).sort());
  });

  for (const { name, model, why, ops, expect } of histories) {
    it(`${expect.valid ? 'accepts' : 'refuses'} ${name}: ${why}`, () => {
      const results = judges[model]?.(ops) ?? [];
      const names = new Set(results.flatMap(({ anomalyCounts }) => Object.keys(anomalyCounts)));
      assert.deepEqual([...names].sort(), [...expect.anomalies].sort());
      const refused = results.some(({ verdict }) => verdict === 'invalid');
      assert.equal(refused, !expect.valid);
    });
  }
});
