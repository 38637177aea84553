import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { ControllerOperation } from './controller-history.ts';
import { checkEpochOwners } from './epoch-owners.ts';

type Kind = ControllerOperation['kind'];

/** What a node says of a broker and an epoch at a moment. */
const says = (
  time: number,
  observer: string,
  kind: Kind,
  broker: string,
  epoch: number,
): ControllerOperation => ({
  kind,
  broker,
  epoch,
  observer,
  call: time,
  ret: time,
});

const namesIn = (...history: readonly ControllerOperation[]) =>
  Object.keys(checkEpochOwners(history).anomalyCounts);

describe('the checker of epoch owners', () => {
  it('accepts failovers, and nodes that learn of them late', () => {
    const result = checkEpochOwners([
      says(1, 'c1', 'elect', 'n1', 1),
      says(2, 'n1', 'seen', 'n1', 1),
      says(10, 'c2', 'elect', 'n2', 2),
      says(11, 'n2', 'seen', 'n2', 2),
      says(12, 'n3', 'seen', 'n1', 1),
      says(13, 'n3', 'seen', 'n2', 2),
      // An election that one controller tells late, since it was stopped.
      says(20, 'c2', 'elect', 'n3', 3),
      says(30, 'c3', 'elect', 'n3', 3),
    ]);
    assert.equal(result.verdict, 'valid');
    assert.equal(result.evidence, '3 epochs, one master each');
  });

  it('refuses two masters of one epoch, and says who said it', () => {
    const history = [
      says(1, 'c1', 'elect', 'n1', 1),
      says(2, 'n2', 'seen', 'n2', 1),
      says(3, 'n2', 'seen', 'n2', 1),
    ];
    const result = checkEpochOwners(history);
    assert.deepEqual(result.anomalyCounts, { 'dual-master': 1 });
    assert.equal(result.anomalies[0]?.detail, 'epoch 1 belongs to n1 (says c1) and to n2');
  });

  it('refuses one epoch that was given out twice', () => {
    assert.deepEqual(namesIn(says(1, 'c1', 'elect', 'n1', 1), says(9, 'c2', 'elect', 'n2', 1)), [
      'epoch-reuse',
    ]);
  });

  it('refuses a replica that follows an older epoch than before, also after a restart', () => {
    const history = [says(1, 'n3', 'seen', 'n2', 2), says(5, 'n3', 'seen', 'n1', 1)];
    assert.deepEqual(namesIn(...history), ['epoch-regress']);
  });

  it('refuses a controller that elects for an older epoch than before', () => {
    assert.deepEqual(namesIn(says(1, 'c1', 'elect', 'n2', 2), says(5, 'c1', 'elect', 'n1', 1)), [
      'epoch-regress',
    ]);
  });

  it('refuses a master that is seen before its election', () => {
    assert.deepEqual(namesIn(says(1, 'n1', 'seen', 'n1', 1), says(5, 'c1', 'elect', 'n1', 1)), [
      'future-epoch',
    ]);
  });

  it('refuses an acknowledgement of an epoch that is over', () => {
    const ack = { kind: 'ack', broker: 'n1', epoch: 1, call: 20, ret: 21 } as const;
    const next = { kind: 'ack', broker: 'n2', epoch: 2, call: 10, ret: 11 } as const;
    assert.deepEqual(namesIn(next, ack), ['stale-master-ack']);
    // Decided before, answered late.
    assert.deepEqual(namesIn(next, { ...ack, call: 11 }), []);
  });

  it('refuses an old master that somebody is told of after a newer one', () => {
    const seen = { kind: 'seen', broker: 'n1', epoch: 1, call: 20, ret: 21 } as const;
    const newer = { kind: 'elect', broker: 'n2', epoch: 2, call: 10, ret: 11 } as const;
    assert.deepEqual(namesIn(newer, seen), ['epoch-regress']);
  });

  it('does not know anything where nobody was seen to become master', () => {
    assert.equal(checkEpochOwners([]).verdict, 'unknown');
  });
});
