import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { TraceEvent } from '../history/replica-observation.ts';
import { checkEpochTables } from './epoch-tables.ts';
import { brokerNames, controllerHistory, replicationHistory } from './role-history.ts';

const event = (
  time: number,
  node: string,
  name: string,
  fields: Record<string, unknown> = {},
): TraceEvent => ({
  time,
  node,
  event: name,
  ...fields,
});
const master = (time: number, node: string, masterEpoch: number, masterBrokerId: number) =>
  event(time, node, 'role-changed', { role: 'master', masterEpoch, masterBrokerId });
const slave = (time: number, node: string, masterEpoch: number, masterBrokerId: number) =>
  event(time, node, 'role-changed', { role: 'slave', masterEpoch, masterBrokerId });

describe('what traces say of masters', () => {
  it('names a broker by what it said itself, by what the controllers said, or by its id', () => {
    const name = brokerNames([master(1, 'n2', 1, 7)], { '3': 'n3' });
    assert.deepEqual([7, 3, 9].map(name), ['n2', 'n3', 'broker 9']);
  });

  it('has elections, promotions and whom the others follow, each with who says it', () => {
    const trace = [
      event(1, 'c1', 'elected', { masterBrokerId: 7, masterEpoch: 1 }),
      master(2, 'n2', 1, 7),
      slave(3, 'n1', 1, 7),
      event(4, 'c1', 'elected', { masterBrokerId: null, masterEpoch: 1 }),
      event(5, 'n1', 'node-started'),
    ];
    assert.deepEqual(
      controllerHistory(trace, brokerNames(trace, {})).map(({ kind, broker, epoch, observer }) => [
        kind,
        broker,
        epoch,
        observer,
      ]),
      [
        ['elect', 'n2', 1, 'c1'],
        ['seen', 'n2', 1, 'n2'],
        ['seen', 'n2', 1, 'n1'],
      ],
    );
  });
});

describe('what traces say of replicas', () => {
  it('counts confirmations of masters only, under their epoch, and none of a life that ended', () => {
    const { confirmations } = replicationHistory(
      [
        event(1, 'n1', 'confirm', { offset: 5 }),
        master(2, 'n1', 3, 1),
        event(3, 'n1', 'confirm', { offset: 10 }),
        slave(4, 'n1', 4, 2),
        event(5, 'n1', 'confirm', { offset: 11 }),
        master(6, 'n1', 5, 1),
        event(7, 'n1', 'node-started'),
        event(8, 'n1', 'confirm', { offset: 12 }),
      ],
      [],
      9,
    );
    assert.deepEqual(
      confirmations.map(({ epoch, offset }) => [epoch, offset]),
      [[3, 10]],
    );
  });

  it('knows the last epoch of a log that is cut, over restarts and earlier cuts', () => {
    const { truncations } = replicationHistory(
      [
        event(1, 'n1', 'epoch-started', { masterEpoch: 1, startOffset: 0 }),
        event(2, 'n1', 'epoch-started', { masterEpoch: 3, startOffset: 500 }),
        event(3, 'n1', 'node-started'),
        event(4, 'n1', 'truncated', { from: 600, to: 550, confirmOffset: 400, masterEpoch: 4 }),
        event(5, 'n1', 'truncated', { from: 550, to: 450, confirmOffset: 400, masterEpoch: 5 }),
        event(6, 'n1', 'truncate-below-confirm', { offset: 300, confirmOffset: 400, masterEpoch: 6 }),
        event(7, 'n2', 'truncated', { from: 600, to: 550, masterEpoch: 4 }),
      ],
      [],
      9,
    );
    assert.deepEqual(
      truncations.map(({ replica, to, lastEpoch, ownConfirm, refused }) => [
        replica,
        to,
        lastEpoch,
        ownConfirm,
        refused,
      ]),
      [
        ['n1', 550, 3, 400, undefined],
        ['n1', 450, 3, 400, undefined],
        ['n1', 300, 1, 400, true],
        ['n2', 550, undefined, undefined, undefined],
      ],
    );
  });

  it('leaves the epochs of a log as they were where a cut was refused', () => {
    const { truncations } = replicationHistory(
      [
        event(1, 'n1', 'epoch-started', { masterEpoch: 1, startOffset: 0 }),
        event(2, 'n1', 'epoch-started', { masterEpoch: 3, startOffset: 500 }),
        event(3, 'n1', 'truncate-below-confirm', { offset: 300, confirmOffset: 400 }),
        event(4, 'n1', 'truncated', { from: 600, to: 550, confirmOffset: 400 }),
      ],
      [],
      9,
    );
    assert.deepEqual(
      truncations.map(({ lastEpoch }) => lastEpoch),
      [3, 3],
    );
  });

  it('puts what the replicas hold at the end beside it', () => {
    const replica = {
      brokerName: 'broker-a',
      node: 'n1',
      epochs: [{ epoch: 1, startOffset: 0 }],
      minOffset: 0,
      maxOffset: 20,
      confirmOffset: 20,
      records: [{ from: 0, to: 20, digest: 'x' }],
    };
    const history = replicationHistory([], [replica, { ...replica, node: 'n2' }], 9);
    assert.deepEqual(
      history.snapshots.map(({ replica: node, digests }) => [node, digests.get(20)]),
      [
        ['n1', 'x'],
        ['n2', 'x'],
      ],
    );
    assert.equal(checkEpochTables(history).verdict, 'valid');
  });
});
