import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import type { ControllerOperation } from '../controller/controller-history.ts';
import { checkEpochOwners } from '../controller/epoch-owners.ts';
import { checkEpochTables } from './epoch-tables.ts';
import type { Confirmation, Snapshot, Truncation } from './replication-history.ts';

interface TrickyOperation {
  readonly f: string;
  readonly input: {
    readonly replica?: string;
    readonly epoch?: number;
    readonly to?: number;
    readonly broker?: string;
  };
  readonly output: {
    readonly table?: readonly (readonly [number, number])[];
    readonly max?: number;
    readonly confirm?: number;
    readonly digests?: Readonly<Record<string, string>>;
    readonly offset?: number;
    readonly epoch?: number;
    readonly broker?: string;
  } | null;
  readonly call: number;
  readonly return: number | null;
}

interface TrickyHistory {
  readonly name: string;
  readonly model: string;
  readonly why: string;
  readonly ops: readonly TrickyOperation[];
  readonly expect: { readonly valid: boolean; readonly anomalies: readonly string[] };
}

const all = JSON.parse(readFileSync('checkers/fixtures/tricky-histories.json', 'utf8')) as TrickyHistory[];
const replicas = all.filter(({ model }) => model === 'replicas');
const controllers = all.filter(({ model }) => model === 'controller');

function judgeReplicas(history: TrickyHistory): string[] {
  const snapshots: Snapshot[] = [];
  const confirmations: Confirmation[] = [];
  const truncations: Truncation[] = [];
  for (const { f, input, output, call, return: ret } of history.ops) {
    const base = { replica: input.replica ?? '', call, ret: ret ?? Infinity };
    if (f === 'snapshot') {
      snapshots.push({
        ...base,
        epochs: (output?.table ?? []).map(([epoch, startOffset]) => ({ epoch, startOffset })),
        maxOffset: output?.max ?? 0,
        confirmOffset: output?.confirm ?? 0,
        digests: new Map(
          Object.entries(output?.digests ?? {}).map(([offset, digest]) => [Number(offset), digest]),
        ),
      });
    } else if (f === 'confirm') {
      confirmations.push({ ...base, epoch: input.epoch ?? 0, offset: output?.offset ?? 0 });
    } else truncations.push({ ...base, to: input.to ?? 0 });
  }
  return Object.keys(
    checkEpochTables({ snapshots, confirmations, truncations, begins: [] }).anomalyCounts,
  ).sort();
}

function judgeController(history: TrickyHistory): string[] {
  const operations = history.ops.map(({ f, input, output, call, return: ret }): ControllerOperation => {
    const interval = { call, ret: ret ?? Infinity };
    const epoch = input.epoch ?? output?.epoch ?? 0;
    const broker = input.broker ?? output?.broker ?? '';
    if (f === 'elect') return { ...interval, kind: 'elect', broker, epoch };
    return { ...interval, kind: f === 'fencedAppend' ? 'ack' : 'seen', broker, epoch };
  });
  return Object.keys(checkEpochOwners(operations).anomalyCounts).sort();
}

describe('the epoch-table checker', () => {
  it('has the 8 hand-made replica histories to judge', () => assert.equal(replicas.length, 8));
  for (const history of replicas) {
    it(`${history.expect.valid ? 'accepts' : 'refuses'} ${history.name}: ${history.why}`, () => {
      assert.deepEqual(judgeReplicas(history), [...history.expect.anomalies].sort());
    });
  }
});

describe('the epoch-owner checker', () => {
  it('has the 5 hand-made controller histories to judge', () => assert.equal(controllers.length, 5));
  for (const history of controllers) {
    it(`${history.expect.valid ? 'accepts' : 'refuses'} ${history.name}: ${history.why}`, () => {
      assert.deepEqual(judgeController(history), [...history.expect.anomalies].sort());
    });
  }
});
