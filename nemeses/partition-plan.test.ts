import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { SimRandom } from '../harness/deployment/sim/sim-random.ts';
import { type PartitionPlan, type PartitionShape, partitionShapes, planPartition } from './partition-plan.ts';
import { testHosts, testView } from './test-cluster.ts';

const seeds = Array.from({ length: 60 }, (_, seed) => seed);
const servers = testHosts.filter(({ kind }) => kind !== 'client').map(({ name }) => name);
const clients = testHosts.filter(({ kind }) => kind === 'client');

function plan(shape: PartitionShape, seed: number, view = testView()): PartitionPlan {
  const planned = planPartition(shape, SimRandom.fromSeed(seed), view);
  if (typeof planned === 'string') throw new Error(planned);
  return planned;
}

/** Servers that `host` can still talk to, itself included, both ways. */
function sees({ links }: PartitionPlan, host: string): readonly string[] {
  const cut = new Set(links.map((link) => link.join('>')));
  return servers.filter(
    (other) => other === host || (!cut.has(`${host}>${other}`) && !cut.has(`${other}>${host}`)),
  );
}

function countOf(names: readonly string[], letter: string): number {
  return names.filter((name) => name.startsWith(letter)).length;
}

describe('the links that a partition cuts', () => {
  it('are some, of each shape and seed, between hosts that are there, each once', () => {
    const known = new Set(testHosts.map(({ name }) => name));
    for (const shape of partitionShapes) {
      for (const seed of seeds) {
        const { links, targets } = plan(shape, seed);
        assert.ok(links.length > 0 && targets.length > 0, shape);
        assert.equal(new Set(links.map((link) => link.join('>'))).size, links.length);
        assert.ok(links.every(([from, to]) => from !== to && known.has(from) && known.has(to)));
        assert.ok(!links.some((link) => link.every((name) => name.startsWith('w'))), 'clients do not talk');
      }
    }
  });

  it('go both ways, but for one-way, where none does', () => {
    for (const shape of partitionShapes) {
      const { links } = plan(shape, 5);
      const cut = new Set(links.map((link) => link.join('>')));
      const returning = links.filter(([from, to]) => cut.has(`${to}>${from}`)).length;
      assert.equal(returning, shape === 'one-way' ? 0 : links.length, shape);
    }
  });

  it('leave one server alone (one)', () => {
    for (const seed of seeds) {
      const alone = servers.filter((server) => sees(plan('one', seed), server).length === 1);
      assert.equal(alone.length, 1);
    }
  });

  it('leave two sides that do not see each other (half)', () => {
    for (const seed of seeds) {
      const planned = plan('half', seed);
      const sizes = servers.map((server) => sees(planned, server).length);
      const side = sees(planned, 'n1');
      assert.ok(side.every((server) => sees(planned, server).join() === side.join()));
      assert.ok(sizes.every((size) => size >= 2 && size <= 4));
    }
  });

  it('leave the majority of brokers with that of controllers (majority)', () => {
    for (const seed of seeds) {
      const planned = plan('majority', seed);
      const greatest =
        servers.map((server) => sees(planned, server)).sort((a, b) => b.length - a.length)[0] ?? [];
      assert.deepEqual([countOf(greatest, 'n'), countOf(greatest, 'c')], [2, 2]);
    }
  });

  it('leave each server a majority, no two the same (majorities-ring)', () => {
    for (const seed of seeds) {
      const planned = plan('majorities-ring', seed);
      const views = servers.map((server) => sees(planned, server).join());
      assert.ok(
        views.every((view) => view.split(',').length === 4),
        views.join(' | '),
      );
      assert.equal(new Set(views).size, servers.length);
    }
  });

  it('make a ring of any number of servers that can have one', () => {
    for (const brokers of [3, 4, 5, 7]) {
      const hosts = Array.from({ length: brokers }, (_, index) => ({
        name: `n${index + 1}`,
        kind: 'broker' as const,
      }));
      const planned = planPartition('majorities-ring', SimRandom.fromSeed(1), testView({ hosts }));
      if (brokers === 3) {
        assert.equal(planned, 'on a ring of 3 servers all see all; use more');
        continue;
      }
      const cut = typeof planned === 'string' ? [] : planned.links;
      for (const { name } of hosts) {
        const left = brokers - cut.filter(([from]) => from === name).length;
        assert.ok(
          left >= Math.floor(brokers / 2) + 1 && left < brokers,
          `${name} of ${brokers} sees ${left}`,
        );
      }
    }
  });

  it('leave one server that sees all, and halves that do not see each other (bridge)', () => {
    for (const seed of seeds) {
      const planned = plan('bridge', seed);
      const [bridge = ''] = planned.targets;
      assert.equal(sees(planned, bridge).length, servers.length);
      const others = servers.filter((server) => server !== bridge);
      assert.ok(others.every((server) => sees(planned, server).length < servers.length));
    }
  });

  it('part the master and the controllers, and nobody from the slaves (master-from-controllers)', () => {
    for (const seed of seeds) {
      const planned = plan('master-from-controllers', seed);
      assert.deepEqual(sees(planned, 'n2'), ['n1', 'n2', 'n3']);
      assert.deepEqual(sees(planned, 'n1'), servers);
    }
    assert.equal(
      planPartition('master-from-controllers', SimRandom.fromSeed(1), testView({ master: undefined })),
      'the controllers name no living master',
    );
  });

  it('are of clients and servers alone (clients)', () => {
    for (const seed of seeds) {
      const { links, targets } = plan('clients', seed);
      assert.ok(targets.every((name) => name.startsWith('w')));
      assert.ok(links.every(([from, to]) => targets.includes(from) !== targets.includes(to)));
    }
  });

  it('leave clients of both habits on both sides', () => {
    for (const shape of [
      'one',
      'half',
      'majority',
      'bridge',
      'master-from-controllers',
      'clients',
    ] as const) {
      for (const seed of seeds) {
        const planned = plan(shape, seed);
        const sides = new Map<string, Set<string>>();
        for (const { name, habit } of clients) {
          const side = sees(planned, name).join();
          sides.set(side, (sides.get(side) ?? new Set()).add(String(habit)));
        }
        assert.deepEqual(
          [...sides.values()].map((habits) => habits.size),
          [2, 2],
          `${shape} seed ${seed}`,
        );
      }
    }
  });

  it('are the same for the same seed and view', () => {
    for (const shape of partitionShapes) assert.deepEqual(plan(shape, 3), plan(shape, 3));
  });
});
