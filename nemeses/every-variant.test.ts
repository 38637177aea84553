import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { FaultEvent } from '../checkers/history/fault.ts';
import { SimRandom } from '../harness/deployment/sim/sim-random.ts';
import { calledNemeses } from './called-nemeses.ts';
import type { Nemesis } from './nemesis.ts';
import { nemeses } from './nemesis-registry.ts';
import { runFault } from './run-fault.ts';
import { JumpingClock, TestCluster, testView } from './test-cluster.ts';

type Told = Omit<FaultEvent, 'time'>;

const variants = [...nemeses.values(), ...calledNemeses].flatMap((nemesis) =>
  nemesis.variants.map((variant) => ({ nemesis, variant })),
);

async function inject(nemesis: Nemesis, variant: string, seed: number, isStubborn = false) {
  const clock = new JumpingClock();
  const cluster = new TestCluster(clock);
  if (isStubborn) for (const { name } of cluster.hosts) cluster.stubborn.add(name);
  const told: Told[] = [];
  const outcome = await runFault(
    { id: `${nemesis.name}-1`, nemesis: nemesis.name, variant, atMs: 0, durationMs: 5000 },
    {
      cluster,
      nemesis,
      clock,
      random: SimRandom.fromSeed(seed),
      tell: (event) => void told.push(event),
      stop: new AbortController().signal,
    },
  );
  return { outcome, cluster, told };
}

describe('every variant of every nemesis', () => {
  it('bites and heals, both proven, and leaves the cluster as it was', async () => {
    for (const { nemesis, variant } of variants) {
      for (const seed of [1, 2, 3]) {
        const { outcome, cluster, told } = await inject(nemesis, variant, seed);
        const what = `${nemesis.name} ${variant}, seed ${seed}: ${JSON.stringify(told.at(-1))}`;
        assert.equal(outcome, 'healed', what);
        assert.deepEqual(cluster.cutLinks(), [], what);
        for (const [node, state] of cluster.states) {
          assert.equal(state, 'running', what);
          assert.equal((await cluster.probeClock(node)).offsetMs, 0, what);
          const { write, read, ms } = await cluster.probeDisk(node);
          assert.deepEqual({ write, read, ms }, { write: 'done', read: 'done', ms: 1 }, what);
        }
      }
    }
  });

  it('is planned by seed and view alone', () => {
    for (const { nemesis, variant } of variants) {
      const plan = (seed: number) => nemesis.plan(variant, SimRandom.fromSeed(seed), testView());
      assert.deepEqual(plan(3), plan(3));
      assert.equal(plan(3).kind, 'planned');
    }
  });

  it('says why there is nobody to hit, where all are down', () => {
    const down = new Map([...testView().states].map(([name]) => [name, 'absent'] as const));
    for (const { nemesis, variant } of variants) {
      if (['partition', 'slow', 'narrow', 'lossy', 'clock'].includes(nemesis.name)) continue;
      const plan = nemesis.plan(variant, SimRandom.fromSeed(1), testView({ states: down }));
      assert(plan.kind === 'no-target' && plan.reason.length > 10, `${nemesis.name} ${variant}`);
    }
  });

  it('is refused under a name it does not have', () => {
    for (const nemesis of nemeses.values()) {
      if (nemesis.variants.length === 0) continue;
      assert.throws(() => nemesis.plan('nothing/such', SimRandom.fromSeed(1), testView()), RangeError);
    }
  });

  it('fails aloud in a world that only pretends, and is taken back', async () => {
    for (const { nemesis, variant } of variants) {
      const isPretended =
        nemesis.name === 'clock' ||
        ['slow', 'narrow', 'lossy'].includes(nemesis.name) ||
        (nemesis.name === 'disk' && /^(slow|full|read-error)/.test(variant));
      if (!isPretended) continue;
      const { outcome, told } = await inject(nemesis, variant, 1, true);
      assert.equal(outcome, 'failed', `${nemesis.name} ${variant}`);
      const phases = told.map(({ phase }) => phase);
      assert.deepEqual(phases.slice(0, 3), ['inject', 'failed', 'heal'], `${nemesis.name} ${variant}`);
      assert.equal(told[1]?.proof?.['reason'], 'no proof that it bit');
    }
  });
});

describe('the clock nemesis', () => {
  const amounts = (variant: string, seed: number) => {
    const plan = nemeses.get('clock')?.plan(variant, SimRandom.fromSeed(seed), testView());
    assert(plan?.kind === 'planned');
    return { nodes: plan.nodes, amounts: plan.amounts ?? {} };
  };
  const seeds = Array.from({ length: 200 }, (_, seed) => seed);

  it('moves clocks by 128 ms to 262 s, both ways, small and large alike', () => {
    const jumps = seeds.flatMap((seed) => {
      const { nodes, amounts: drawn } = amounts('bump/all', seed);
      return nodes.map((node) => drawn[node] ?? 0);
    });
    const sizes = jumps.map(Math.abs);
    assert(Math.min(...sizes) >= 128 && Math.max(...sizes) < 262_144);
    assert(sizes.some((ms) => ms < 300) && sizes.some((ms) => ms > 200_000));
    const forwards = jumps.filter((ms) => ms > 0).length / jumps.length;
    assert(forwards > 0.45 && forwards < 0.55, String(forwards));
  });

  it('hits so many brokers and controllers as its target says', () => {
    for (const seed of seeds) {
      const count = (target: string) => amounts(`bump/${target}`, seed).nodes.length;
      assert.equal(count('one'), 1);
      assert(count('minority') <= 2);
      assert.equal(count('majority'), 4);
      assert.equal(count('all'), 6);
    }
  });

  it('lets clocks drift by up to five percent, with and without their timers', () => {
    const drawn = seeds.map((seed) => amounts('drift/one', seed));
    for (const { nodes, amounts: ppm } of drawn) {
      const rate = Math.abs(ppm[nodes[0] ?? ''] ?? 0);
      assert(rate >= 10_000 && rate <= 50_000, String(rate));
    }
    assert.deepEqual(new Set(drawn.map(({ amounts: ppm }) => ppm['timersToo'])), new Set([0, 1]));
  });

  it('strobes there and back until the heal, and then no more', async () => {
    const nemesis = nemeses.get('clock') ?? assert.fail();
    const { cluster } = await inject(nemesis, 'strobe/one', 5);
    const settings = cluster.done.map((line) => Number(/"offsetMs":(-?\d+)/.exec(line)?.[1]));
    assert(settings.length > 5, cluster.done.join());
    const [away] = settings;
    for (const [index, ms] of settings.slice(0, -1).entries()) assert.equal(ms, index % 2 === 0 ? away : 0);
    assert.equal(settings.at(-1), 0);
  });
});

describe('a strobe', () => {
  const nemesis = nemeses.get('clock') ?? assert.fail();

  async function flashed(then: (cluster: TestCluster) => void) {
    const clock = new JumpingClock();
    const cluster = new TestCluster(clock);
    const plan = nemesis.plan('strobe/all', SimRandom.fromSeed(5), testView());
    assert(plan.kind === 'planned');
    const fault = await nemesis.inject(cluster, plan, clock);
    const first = await fault.probeBit();
    then(cluster);
    await new Promise<void>((done) => clock.after(2000, done));
    const later = await fault.probeBit();
    await fault.heal();
    return { first, later };
  }

  it('is proven once its clocks were seen in both places', async () => {
    const { first, later } = await flashed(() => undefined);
    assert.deepEqual([first.proven, later.proven, later.proof['seenRight']], [false, true, true]);
  });

  it('is proven too where another fault silenced every clock behind the first flash', async () => {
    const { later } = await flashed(({ states }) => {
      for (const node of states.keys()) states.set(node, 'absent');
    });
    assert.deepEqual([later.proven, later.proof['fellSilent']], [true, true]);
  });
});

describe('the restart order', () => {
  it('is drawn, and kept at the heal', async () => {
    const nemesis = nemeses.get('restart-order') ?? assert.fail();
    const orders = new Set<string>();
    for (let seed = 1; seed <= 20; seed++) {
      const { cluster, told } = await inject(nemesis, 'brokers', seed);
      const started = cluster.done.filter((line) => line.startsWith('start')).map((line) => line.slice(6));
      assert.deepEqual(started, told[0]?.targets);
      orders.add(started.join());
    }
    assert.equal(orders.size, 6);
  });
});

describe('the disk nemesis', () => {
  it('starts a node again that could not live on its disk', async () => {
    const clock = new JumpingClock();
    const cluster = new TestCluster(clock);
    const nemesis = nemeses.get('disk') ?? assert.fail();
    const plan = nemesis.plan('full/one', SimRandom.fromSeed(1), testView());
    assert(plan.kind === 'planned');
    const fault = await nemesis.inject(cluster, plan, clock);
    for (const node of plan.nodes) cluster.states.set(node, 'absent');
    await fault.heal();
    assert.equal((await fault.probeHealed()).proven, true);
  });

  it('damages brokers only, who have a log, and says where', async () => {
    const nemesis = nemeses.get('disk') ?? assert.fail();
    for (let seed = 1; seed <= 20; seed++) {
      const { cluster, told } = await inject(nemesis, 'bit-flip/one', seed);
      const [node = ''] = told[0]?.targets ?? [];
      assert.match(node, /^n/);
      assert.deepEqual(cluster.done, [`kill ${node}`, `bit-flip ${node}`, `start ${node}`]);
      assert.deepEqual(told[1]?.proof?.['damage'], [`${node} /store/commitlog/0: bit-flip`]);
    }
  });
});
