/** Each guard of this folder that `--bug` removes: what it prevents, and that it happens without it. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { SeededBug } from '../runtime/seeded-bug.ts';
import { type MasterRoute, RouteTable } from './route-table.ts';

function master(brokerAddress: string, stateVersion: number) {
  return {
    ...{ clusterName: 'c', brokerName: 'broker-a', brokerId: 0, brokerAddress, haServerAddress: '' },
    ...{ timeoutMs: 1500, enableActingMaster: false, topics: [] },
    dataVersion: { stateVersion, timestamp: 0, counter: 1 },
  };
}

/** n1 is master of epoch 1, then n2 of epoch 2; then what is left of n1 speaks. */
function afterwards(bugs: readonly SeededBug[], lastWord: (table: RouteTable) => void) {
  const told: MasterRoute[] = [];
  const table = new RouteTable(new Set(bugs), (change) => told.push(change));
  table.register(master('n1', 1), 1, 0);
  table.register(master('n2', 2), 2, 0);
  lastWord(table);
  const { brokerAddress, masterEpoch, by } = told.at(-1) ?? {};
  return { route: table.brokerSet('broker-a')?.brokerAddrs.get(0), told: [brokerAddress, masterEpoch, by] };
}

describe('a seeded bug of the nameservers', () => {
  it('S18 ignore-epoch-in-routes: an older master takes the route back', () => {
    const registers = (table: RouteTable) => void table.register(master('n1', 1), 1, 0);
    assert.deepEqual(afterwards([], registers), { route: 'n2', told: ['n2', 2, 'n2'] });
    assert.deepEqual(afterwards(['ignore-epoch-in-routes'], registers), {
      route: 'n1',
      told: ['n1', 1, 'n1'],
    });
  });

  it('B48 unregister-by-id: the late good-bye of an older master takes the new one along', () => {
    const leaves = (table: RouteTable) => table.unregister(master('n1', 1), 1);
    assert.deepEqual(afterwards([], leaves), { route: 'n2', told: ['n2', 2, 'n2'] });
    assert.deepEqual(afterwards(['unregister-by-id'], leaves), { route: undefined, told: [null, 2, 'n1'] });
  });
});
