import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { checkReplicaState, type ReplicaState, replicaStates } from './replica-state.ts';

const change = (
  setEpoch: number,
  masterEpoch: number,
  set: readonly number[],
  call: number,
  more: Partial<ReplicaState> = {},
): ReplicaState => ({
  ...{ kind: 'update', group: 'broker-a', setEpoch, masterEpoch, set, call, ret: call + 1, index: call },
  ...more,
});
const told = (...[setEpoch, masterEpoch, set, call, more]: Parameters<typeof change>) =>
  change(setEpoch, masterEpoch, set, call, { kind: 'read', ...more });
const namesIn = (...states: readonly ReplicaState[]) => Object.keys(checkReplicaState(states).anomalyCounts);
const sound = [
  change(1, 1, [1], 0, { master: 1 }),
  change(2, 1, [1, 2], 10, { master: 1 }),
  change(3, 2, [2], 20, { master: 2 }),
];

describe('the judge of master and SyncStateSet', () => {
  it('accepts changes one after the other, and whoever is told of the newest', () => {
    const result = checkReplicaState([...sound, told(2, 1, [2, 1], 15), told(3, 2, [2], 30, { master: 2 })]);
    assert.equal(result.verdict, 'valid');
    assert.deepEqual(result.facts, { versions: 3 });
  });

  const refused: Readonly<Record<string, readonly ReplicaState[]>> = {
    'lost-update': [...sound, change(3, 1, [1], 25)],
    'state-divergence': [...sound, told(3, 2, [1, 2], 30)],
    'future-epoch': [told(1, 1, [1], -5), ...sound],
    'state-regress': [change(2, 1, [1], 0), change(1, 1, [1], 10)],
    'stale-state': [...sound, told(2, 1, [1, 2], 40)],
    'master-outside-set': [change(1, 1, [2], 0, { master: 1 })],
    'epoch-regress': [change(1, 2, [1], 0), change(2, 1, [1], 10)],
    'dual-master': [change(1, 1, [1, 2], 0, { master: 1 }), change(2, 1, [1, 2], 10, { master: 2 })],
    'unclean-election': [change(1, 1, [1], 0, { master: 1 }), change(2, 2, [2], 10, { master: 2 })],
  };
  for (const [name, states] of Object.entries(refused)) {
    it(`refuses the smallest ${name}`, () => assert.deepEqual(namesIn(...states), [name]));
  }

  it('allows the election of an outsider where that is allowed', () => {
    assert.equal(
      checkReplicaState(refused['unclean-election'] ?? [], { cleanElections: false, changesExpected: true })
        .verdict,
      'valid',
    );
  });

  const event = (time: number, node: string, set: readonly number[], setEpoch: number) => ({
    time,
    node,
    event: 'sync-state-set',
    masterEpoch: 1,
    set,
    setEpoch,
  });

  it('lets nodes learn late, never go back, and never differ', () => {
    const judge = (...events: Parameters<typeof replicaStates>[0][number][]) =>
      checkReplicaState(replicaStates(events, 'broker-a'));
    assert.equal(
      judge(event(1, 'n1', [1], 1), event(2, 'n1', [1, 2], 2), event(9, 'c1', [1], 1)).verdict,
      'valid',
    );
    const back = judge(event(1, 'n1', [1, 2], 2), event(2, 'n1', [1], 1));
    assert.deepEqual(back.anomalyCounts, { 'state-regress': 1 });
    assert.match(back.anomalies[0]?.detail ?? '', /n1 tells set epoch 2 \(master epoch 1, set \{1,2\}\)/);
    assert.deepEqual(judge(event(1, 'n1', [1], 1), event(2, 'c1', [2], 1)).anomalyCounts, {
      'state-divergence': 1,
    });
    const started = (time: number) => ({ time, node: 'n1', event: 'node-started' });
    assert.equal(
      judge(started(0), event(1, 'n1', [1, 2], 2), started(5), event(6, 'n1', [1], 1)).verdict,
      'valid',
    );
  });

  it('takes no proposal for a state, and no line without its epochs', () => {
    const one = event(1, 'n1', [1], 1);
    const lines = [
      { ...one, event: 'sync-state-set-proposed' },
      { ...one, set: 'all' },
      { ...one, setEpoch: null },
      { ...one, masterEpoch: '1' },
    ];
    assert.deepEqual(replicaStates(lines, 'broker-a'), []);
  });

  it('knows masters by their elections', () => {
    const elected = {
      time: 0,
      node: 'c1',
      event: 'elected',
      brokerName: 'broker-a',
      masterEpoch: 1,
      masterBrokerId: 1,
    };
    const states = replicaStates([elected, event(1, 'n1', [2], 1)], 'broker-a');
    assert.deepEqual(checkReplicaState(states).anomalyCounts, { 'master-outside-set': 1 });
  });

  it('knows nothing where nobody told a set with its epoch', () => {
    assert.equal(checkReplicaState([]).verdict, 'unknown');
    assert.equal(checkReplicaState([], { cleanElections: true, changesExpected: false }).verdict, 'valid');
  });
});
