import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import {
  type AliveReplica,
  type ControllerCommand,
  decodeCommand,
  encodeCommand,
} from './controller-command.ts';
import { type ControllerResult, ReplicasInfo } from './replicas-info.ts';
import { alive, brokerName, clusterName, group, invokeTime } from './testing/replicas-script.ts';

describe('any sequence of commands', () => {
  const ids = fc.constantFrom(1, 2, 3);
  const life = fc.record({
    id: ids,
    generation: fc.constantFrom('a', 'b', 'c'),
    isSuspect: fc.boolean(),
    maxOffset: fc.nat(5),
  });
  const step = fc.record({
    kind: fc.constantFrom('register', 'elect', 'designate', 'die', 'alter', 'alter-stale'),
    who: life,
    alive: fc.array(life, { maxLength: 4 }),
    set: fc.uniqueArray(ids, { maxLength: 3 }),
  });

  it('gives each epoch one owner, who was in the set, trusted and alive; and replays to the same state', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const script = group();
        const log: ControllerResult[] = [];
        const owners = new Map<number, string>();
        for (const { kind, who, alive: lives, set } of steps) {
          const named = (one: typeof who): AliveReplica =>
            alive(one.id, {
              incarnation: `${one.id}${one.generation}`,
              isSuspect: one.isSuspect,
              maxOffset: one.maxOffset,
            });
          script.hears(...lives.map(named));
          const before = script.info.brokerSet(brokerName);
          if (before === undefined) break;
          if (kind === 'register') log.push(script.register(named(who)));
          if (kind === 'elect') log.push(script.elect(who.id));
          if (kind === 'designate') log.push(script.elect(who.id, { designated: true }));
          if (kind === 'die') log.push(script.masterDies());
          if (kind === 'alter') log.push(script.alter(set));
          if (kind === 'alter-stale') {
            log.push(script.alter(set, { masterEpoch: before.masterEpoch - 1, masterBrokerId: who.id }));
          }
          const after = script.set;
          for (const event of log.at(-1)?.events ?? []) {
            if (event.event === 'elect-master') {
              assert(before.syncStateSet.has(event.newMasterBrokerId), 'elected from the set');
            }
          }
          const owner = `${after.masterBrokerId}/${after.masterIncarnation}`;
          assert.equal(owners.get(after.masterEpoch) ?? owner, owner);
          owners.set(after.masterEpoch, owner);
          assert(after.syncStateSet.size > 0);
          assert(after.masterBrokerId === undefined || after.syncStateSet.has(after.masterBrokerId));
        }
        const replica = new ReplicasInfo();
        for (const command of script.commands) replica.apply(command);
        assert.deepEqual(replica.brokerSet(brokerName), script.set);
      }),
      { numRuns: 300, seed: 7 },
    );
  });
});

describe('an entry of the controller log', () => {
  it('is read back as it was written', () => {
    const command: ControllerCommand = {
      kind: 'elect-master',
      ...{ clusterName, brokerName, brokerId: -1, isDesignated: false, incarnation: null, invokeTime },
      liveness: {
        alive: [alive(1, { maxOffset: 2 ** 40 })],
        masterDownEpoch: 3,
        isUncleanElectionEnabled: true,
      },
    };
    assert.deepEqual(decodeCommand(encodeCommand(command)), command);
  });

  it('of another release or of none is refused with what came', () => {
    for (const text of ['{"v":2,"kind":"elect-master"}', 'null', 'garbage', '']) {
      assert.throws(() => decodeCommand(new TextEncoder().encode(text)), {
        name: 'ControllerLogError',
        message: /controller log: wanted/,
      });
    }
  });
});
