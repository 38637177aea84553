import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { faultWindows } from '../../checkers/history/fault-window.ts';
import type { Operation } from '../../checkers/history/operation.ts';
import { pairOperations } from '../../checkers/history/paired-operations.ts';
import { send, spell } from '../../checkers/history/spelled-history.ts';
import { DrawnOperations } from './drawn-operations.ts';
import { MessageTravels } from './message-travels.ts';
import { packedOperations } from './packed-operations.ts';
import { reportData } from './report-data.ts';
import { syntheticRun } from './testing/synthetic-run.ts';

const ms = 1e6;

function drawn(operations: readonly Operation[], drawnMax?: number): DrawnOperations {
  const all = new DrawnOperations(drawnMax);
  for (const pair of pairOperations(operations)) all.add(pair);
  return all;
}

/** So many sends, one after another; every hundredth is of unknown outcome. */
function many(count: number): Operation[] {
  return Array.from({ length: count }, (_, at) =>
    send(at, `m${at}`, [at * ms, at * ms + ms / 2], at % 100 === 99 ? 'info' : at),
  ).flatMap((one, at) => spell(one).map((operation, k) => ({ ...operation, index: 2 * at + k })));
}

describe('the operations that a report draws', () => {
  it('stand in order of invocation, in columns, in milliseconds', () => {
    const all = drawn(
      spell(
        send(1, 'a', [1 * ms, 9 * ms], 0),
        send(2, 'b', [2 * ms, 3.456 * ms], 'fail'),
        send(3, 'c', [4 * ms, 0], 'open'),
      ),
    );
    const columns = all.columns(new Set());
    assert.deepEqual(columns.start, [1, 2, 4]);
    assert.deepEqual(columns.end, [9, 3.46, -1]);
    assert.deepEqual(columns.process, [1, 2, 3]);
    assert.deepEqual(
      columns.type.map((type) => all.names.type[type]),
      ['ok', 'fail', 'info'],
    );
    assert.deepEqual(columns.text, ['"a" @0', '"b"', '"c"']);
    assert.equal(all.count, 3);
  });

  it('say what was asked and answered', () => {
    const queue = 'q/0';
    const end = (answer: object) => ({ at: 1, type: 'ok', answer }) as const;
    const all = drawn(
      spell(
        {
          process: 1,
          f: 'pull',
          asked: { queue, from: 4 },
          call: 0,
          end: end({
            messages: [
              [4, 'x'],
              [5, 'y'],
            ],
          }),
        },
        { process: 2, f: 'pull', asked: { queue, from: 6, tail: true }, call: 0, end: end({ messages: [] }) },
        { process: 3, f: 'pull', asked: { queue, from: 6 }, call: 0, end: { at: 1, type: 'fail' } },
        { process: 4, f: 'max-offset', asked: { queue }, call: 0, end: end({ offset: 6 }) },
        {
          process: 5,
          f: 'replica-pull',
          asked: { queue, from: 0 },
          call: 0,
          end: end({ messages: [[0, 'x']] }),
          node: 'n2',
        },
      ),
    );
    assert.deepEqual(all.columns(new Set()).text, [
      'from 4: 2, "x" to "y"',
      'from 6 (tail): empty',
      'from 6',
      '6',
      'from 0: 1, "x" to "x"',
    ]);
  });

  it('are all of them up to a limit', () => {
    assert.equal(drawn(many(2000), 2000).columns(new Set()).index.length, 2000);
  });

  it('are beyond it a sample, with all that did not succeed and all around an anomaly', () => {
    const all = drawn(many(5000), 1000);
    const anomaly = 2 * 2501;
    const { index, type } = all.columns(new Set([anomaly]));
    assert.ok(index.length < 1500, `${index.length}`);
    assert.equal(type.filter((code) => all.names.type[code] === 'info').length, 50);
    const place = index.indexOf(anomaly);
    assert.deepEqual(
      index.slice(place - 100, place + 101),
      Array.from({ length: 201 }, (_, k) => anomaly + 2 * (k - 100)),
    );
    assert.equal(all.count, 5000);
  });

  it('are carried as steps and durations', () => {
    const columns = drawn(many(250)).columns(new Set());
    const packed = packedOperations(columns);
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    assert.equal(sum(packed.index), columns.index.at(-1));
    assert.equal(sum(packed.start) / 100, columns.start.at(-1));
    const open = columns.end.indexOf(-1);
    assert.equal(packed.end[open] ?? -1, -1);
    assert.equal(packed.end[0], Math.round(((columns.end[0] ?? 0) - (columns.start[0] ?? 0)) * 100));
  });

  it('are counted by kind, outcome and tenth of a second', () => {
    const { rates } = drawn(many(250));
    assert.deepEqual(rates, { 'send ok': [99, 99, 50], 'send info': [1, 1] });
  });
});

describe('the data of a report', () => {
  const run = syntheticRun({ seed: 1, seconds: 22, rate: 50, loses: false });
  const windows = faultWindows(run.faults);
  const data = (fields: object = {}) =>
    reportData({
      title: 'x',
      verdict: 'valid',
      record: run.record,
      results: [],
      windows,
      trace: run.trace,
      replicas: run.replicas,
      drawn: drawn(run.operations),
      travels: new MessageTravels(),
      colours: {},
      ...fields,
    });

  it('has faults in milliseconds, to the end of the run where no heal was proven', () => {
    const [first] = windows;
    assert.ok(first !== undefined);
    const open = { ...first, healed: Number.POSITIVE_INFINITY, failure: 'no proof that it healed' };
    const [fault] = data({ windows: [open] }).faults;
    assert.deepEqual([fault?.from, fault?.to], [first.injected / ms, run.record.endNs / ms]);
    assert.equal(fault?.failure, 'no proof that it healed');
  });

  it('leaves out faults that found nothing to hit', () => {
    const failed = windows.map((window) => ({ ...window, healed: window.injected }));
    assert.deepEqual(data({ windows: failed }).faults, []);
  });

  it('has the roles of brokers, and events with their fields but for those told all the time', () => {
    const trace = [
      { time: 1 * ms, node: 'n1', event: 'node-started', wall: 1, t: 2, life: 'x', incarnation: 'abc' },
      { time: 2 * ms, node: 'n1', event: 'confirm', offset: 3 },
      { time: 3 * ms, node: 'n1', event: 'role-changed', role: 'master', masterEpoch: 2 },
    ];
    const { roles, events, eventCount } = data({ trace });
    assert.deepEqual(roles, [
      { node: 'n1', at: 1, role: 'starting', epoch: 0 },
      { node: 'n1', at: 3, role: 'master', epoch: 2 },
    ]);
    assert.deepEqual(
      events.map(({ at, event, text }) => [at, event, text]),
      [
        [1, 'node-started', 'incarnation abc'],
        [3, 'role-changed', 'role master, masterEpoch 2'],
      ],
    );
    assert.equal(eventCount, 2);
  });
});
