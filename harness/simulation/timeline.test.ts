import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { FaultEvent, FaultPhase } from '../../checkers/history/fault.ts';
import type { Operation } from '../../checkers/history/operation.ts';
import type { TraceEvent } from '../../checkers/history/replica-observation.ts';
import { smallPlan } from './testing/small-plan.ts';
import { type Told, timelineText } from './timeline.ts';

const at = (seconds: number, node: string, event: string, fields: object = {}): TraceEvent => ({
  time: seconds * 1e9,
  node,
  event,
  ...fields,
});

const fault = (seconds: number, phase: FaultPhase): FaultEvent => ({
  time: seconds * 1e9,
  fault: 'partition-1',
  phase,
  nemesis: 'partition',
  variant: 'half/drop',
  targets: ['n1'],
  links: [
    ['n1', 'n2'],
    ['n2', 'n1'],
    ['n1', 'c1'],
  ],
});

const operation = (
  index: number,
  seconds: number,
  process: number,
  type: Operation['type'],
  body: object,
): Operation => ({ index, time: seconds * 1e9, process, type, ...body }) as Operation;

const lost = { queue: 't/0', message: '1-1' };
const told: Told = {
  plan: smallPlan({ timeLimitS: 4 }),
  isScripted: false,
  anomalies: [
    { name: 'gap', detail: 'not this one', operations: [5] },
    { name: 'lost-ack-write', detail: 't/0: "1-1" is not there', operations: [1, 7], queue: 't/0' },
  ],
  faults: [fault(1, 'inject'), fault(1.1, 'bit'), fault(3, 'heal'), fault(3.1, 'healed')],
  trace: [
    at(-0.5, 'c1', 'leadership', { role: 'leader', term: 1 }),
    at(-0.4, 'n1', 'role-changed', { role: 'master', masterEpoch: 1, startOffset: 0, masterBrokerId: 1 }),
    at(-0.3, 'c1', 'sync-state-set', { masterEpoch: 1, set: [1, 3], setEpoch: 2 }),
    at(0.9, 'n1', 'confirm', { offset: 100 }),
    at(1.5, 'c1', 'elected', { masterEpoch: 2, masterBrokerId: 3, set: [3] }),
    at(1.5, 'c2', 'elected', { masterEpoch: 2, masterBrokerId: 3, set: [3] }),
    at(1.6, 'n2', 'sync-state-set', { masterEpoch: 2, set: [3], setEpoch: 3 }),
    at(1.6, 'n2', 'role-changed', { role: 'master', masterEpoch: 2, startOffset: 80, masterBrokerId: 3 }),
    // Only follows whoever is elected: not told.
    at(1.7, 'n3', 'role-changed', { role: 'slave', masterEpoch: 2, masterBrokerId: 3 }),
    at(3.2, 'n1', 'role-changed', { role: 'slave', masterEpoch: 2, masterBrokerId: 3 }),
    at(3.25, 'n1', 'role-changed', { role: 'slave', masterEpoch: 2, masterBrokerId: 3 }),
    at(3.3, 'n1', 'truncated', { from: 100, to: 80, confirmOffset: 60, masterEpoch: 2 }),
    at(3.4, 'c1', 'sync-state-set', { masterEpoch: 2, set: [3, 1], setEpoch: 4 }),
  ],
  operations: [
    operation(0, 0.5, 1, 'invoke', { f: 'send', value: lost }),
    operation(1, 0.8, 1, 'ok', { f: 'send', value: { ...lost, offset: 0 }, node: 'n1' }),
    operation(2, 0.9, 2, 'invoke', { f: 'send', value: { queue: 't/0', message: '2-1' } }),
    operation(3, 0.95, 2, 'fail', { f: 'send', value: { queue: 't/0', message: '2-1' }, error: 'no' }),
    operation(6, 5, 9, 'invoke', { f: 'pull', value: { queue: 't/0', from: 0, tail: true } }),
    operation(7, 5.01, 9, 'ok', {
      f: 'pull',
      value: { queue: 't/0', from: 0, tail: true, messages: [] },
      node: 'n2',
    }),
  ],
  brokerIds: { 1: 'n1', 3: 'n2' },
};

describe('the timeline of a failed run', () => {
  it('tells faults, roles, sets, cut logs and the operations that show the failure', () => {
    assert.deepEqual(timelineText(told, 'lost-ack-write'), [
      '    0.000               n1 is master of epoch 1, SyncStateSet {n1 n2}, c1 leads the controllers',
      '    0.800  w2           send t/0 1-1 @0: ok by n1, asked at 0.500',
      '    1.000  partition-1  partition half/drop begins: n1 <> n2, n1 > c1',
      '    1.500  c1           elects n2 master of epoch 2, SyncStateSet {n2}',
      '    1.600  n2           becomes master of epoch 2, from log offset 80',
      '    3.000  partition-1  partition half/drop ends',
      '    3.200  n1           becomes slave of n2, epoch 2',
      '    3.300  n1           cuts its log from 100 to 80; confirmed was 60',
      '    3.400  c1           SyncStateSet {n1 n2} (epoch 2, change 4)',
      '    5.010  final read   pull t/0 from 0 (tail) -> nothing: ok by n2',
      '    5.010  judge        lost-ack-write: t/0: "1-1" is not there',
    ]);
  });

  it('tells every operation of a scripted load, unless they are many', () => {
    const sends = (lines: readonly string[]) => lines.filter((line) => line.includes(' send '));
    const few = timelineText({ ...told, isScripted: true }, 'lost-ack-write');
    assert.equal(sends(few).length, 2);
    const more = Array.from({ length: 15 }, (_, n) =>
      operation(10 + n, 2, 100 + n, 'invoke', { f: 'send', value: { queue: 't/0', message: `${n}` } }),
    );
    const operations = [...told.operations, ...more];
    assert.equal(sends(timelineText({ ...told, operations, isScripted: true }, 'lost-ack-write')).length, 1);
  });
});
