import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'mocha';
import type { FaultEvent } from '../checkers/history/fault.ts';
import { SimRandom } from '../harness/deployment/sim/sim-random.ts';
import { nemeses } from './nemesis-registry.ts';
import { runFault } from './run-fault.ts';
import { runSchedule } from './run-schedule.ts';
import type { ScheduledFault } from './schedule.ts';
import { JumpingClock, TestCluster } from './test-cluster.ts';

type Told = Omit<FaultEvent, 'time'> & { readonly atMs: number };

describe('a fault', () => {
  let cluster: TestCluster;
  let clock: JumpingClock;
  let told: Told[];
  let stop: AbortController;

  beforeEach(() => {
    cluster = new TestCluster();
    clock = new JumpingClock();
    told = [];
    stop = new AbortController();
  });

  function world() {
    return {
      cluster,
      clock,
      random: SimRandom.fromSeed(1),
      tell: (event: Omit<FaultEvent, 'time'>) => void told.push({ ...event, atMs: clock.monotonicMs() }),
      stop: stop.signal,
    };
  }

  function inject(name: string, variant: string) {
    const nemesis = nemeses.get(name);
    if (nemesis === undefined) throw new Error(name);
    const fault: ScheduledFault = { id: `${name}-1`, nemesis: name, variant, atMs: 0, durationMs: 5000 };
    return runFault(fault, { ...world(), nemesis });
  }

  const phases = () => told.map(({ phase }) => phase).join(' ');
  const proofOf = (phase: string) => told.find((event) => event.phase === phase)?.proof;

  it('is told as inject, bit, heal, healed, with the time between bite and heal that was planned', async () => {
    assert.equal(await inject('kill', 'master'), 'healed');
    assert.equal(phases(), 'inject bit heal healed');
    assert.deepEqual(cluster.done, ['kill n2', 'start n2']);
    const [, bit, heal] = told;
    assert.equal((heal?.atMs ?? 0) - (bit?.atMs ?? 0), 5000);
    assert.ok(told.every(({ fault, targets }) => fault === 'kill-1' && targets.join() === 'n2'));
    assert.deepEqual(proofOf('bit'), { gone: ['n2'] });
    assert.deepEqual(proofOf('healed'), { answering: ['n2'] });
  });

  it('of pause stops and wakes its nodes', async () => {
    assert.equal(await inject('pause', 'controller-leader'), 'healed');
    assert.deepEqual(cluster.done, ['pause c3', 'resume c3']);
    assert.deepEqual(proofOf('bit'), { standingStill: ['c3'] });
  });

  it('of partition names the links it cut, and links that still work', async () => {
    assert.equal(await inject('partition', 'master-from-controllers/hold'), 'healed');
    assert.deepEqual(cluster.done, [`cut ${told[0]?.links?.length} hold`, `heal ${told[0]?.links?.length}`]);
    const { linksCut, uncutLinksThatWork } = proofOf('bit') ?? {};
    assert.equal(linksCut, told[0]?.links?.length);
    assert.equal(Array.isArray(uncutLinksThatWork) && uncutLinksThatWork.length, 6);
  });

  it('waits for a target that an election is about to bring', async () => {
    cluster.roles = { master: undefined };
    clock.after(1000, () => {
      cluster.roles = { master: 'n3' };
    });
    assert.equal(await inject('kill', 'master'), 'healed');
    assert.deepEqual(told[0]?.targets, ['n3']);
  });

  it('that finds no target for long does something else of its kind, and says so', async () => {
    cluster.roles = { master: undefined };
    assert.equal(await inject('kill', 'master'), 'healed');
    assert.ok(told.every(({ variant }) => variant === 'one'));
    assert.deepEqual(proofOf('inject'), {
      insteadOf: 'master',
      since: 'the controllers name no living master',
    });
  });

  it('without any target fails aloud, and touches nobody', async () => {
    for (const node of cluster.states.keys()) cluster.states.set(node, 'absent');
    assert.equal(await inject('kill', 'all'), 'failed');
    assert.equal(phases(), 'failed');
    assert.deepEqual(proofOf('failed'), { reason: 'no target: no broker runs' });
    assert.deepEqual(cluster.done, []);
  });

  it('is healed when each link was seen to pass once, though never all at the same time', async () => {
    const probeLinks = cluster.probeLinks.bind(cluster);
    let asked = 0;
    cluster.probeLinks = async (links) => {
      const seen = await probeLinks(links);
      asked += 1;
      const isBusy = (index: number) =>
        cluster.cutLinks().length === 0 && index % 2 === asked % 2 && links.length > 1;
      return seen.map((probe, index) => (isBusy(index) ? { ...probe, onConnectionsOfFrom: false } : probe));
    };
    assert.equal(await inject('partition', 'half/drop'), 'healed');
    assert.equal(proofOf('healed')?.['linksThatWork'], told[0]?.links?.length);
  });

  it('that leaks is no fault: it fails, and is taken back', async () => {
    for (const from of cluster.hosts)
      for (const to of cluster.hosts) cluster.leaking.add(`${from.name}>${to.name}`);
    assert.equal(await inject('partition', 'one/drop'), 'failed');
    assert.equal(phases(), 'inject failed heal healed');
    assert.equal(proofOf('failed')?.['reason'], 'no proof that it bit');
    assert.deepEqual(cluster.cutLinks(), []);
  });

  it('is not proven by a cluster in which nothing works at all', async () => {
    for (const from of cluster.hosts)
      for (const to of cluster.hosts) cluster.dead.add(`${from.name}>${to.name}`);
    assert.equal(await inject('partition', 'one/drop'), 'failed');
    assert.match(JSON.stringify(proofOf('failed')), /uncutLinksThatFail/);
  });

  it('that does not heal fails at the end', async () => {
    cluster.start = (node) => {
      cluster.done.push(`start ${node} in vain`);
      return Promise.resolve();
    };
    assert.equal(await inject('kill', 'master'), 'failed');
    assert.equal(phases(), 'inject bit heal failed');
    assert.deepEqual(told.at(-1)?.proof?.['silent'], ['n2 (absent)']);
  });

  it('that cannot be injected or healed says what went wrong', async () => {
    cluster.kill = () => Promise.reject(new Error('no permission'));
    assert.equal(await inject('kill', 'master'), 'failed');
    assert.equal(proofOf('failed')?.['reason'], 'could not be injected: no permission');
    told.length = 0;
    cluster.resume = () => Promise.reject(new Error('gone'));
    assert.equal(await inject('pause', 'master'), 'failed');
    assert.equal(proofOf('failed')?.['reason'], 'could not be healed: gone');
  });

  it('is healed at once when the run is stopped', async () => {
    clock.after(1000, () => stop.abort());
    assert.equal(await inject('pause', 'all'), 'healed');
    assert.equal(told.at(-1)?.atMs, 1000);
  });

  it('that overlaps another leaves the other its own', async () => {
    const cut = await cluster.cut([['n2', 'n1']], 'drop');
    assert.equal(await inject('partition', 'half/drop'), 'healed');
    assert.deepEqual(cluster.cutLinks(), cut.links);
  });

  it('of pause has bitten also when another fault wakes one before the proof is through, and kills another', async () => {
    const probeNode = cluster.probeNode.bind(cluster);
    cluster.probeNode = async (node) => {
      if (node === 'n1') await cluster.resume(node);
      if (node === 'n3') await cluster.kill(node);
      return probeNode(node);
    };
    const stood = inject('pause', 'all');
    clock.after(2000, () => void cluster.start('n3'));
    assert.equal(await stood, 'healed');
    assert.deepEqual(proofOf('bit'), { standingStill: ['n2', 'n3'], overtaken: ['n1 (running)'] });
  });

  it('of kill has bitten also when another fault starts the node before the proof is through', async () => {
    const probeNode = cluster.probeNode.bind(cluster);
    cluster.probeNode = async (node) => {
      await cluster.start(node);
      return probeNode(node);
    };
    assert.equal(await inject('kill', 'master'), 'healed');
    assert.deepEqual(proofOf('bit'), { gone: [], overtaken: ['n2 (running)'] });
  });

  it('of nodes that go on as before has not bitten', async () => {
    cluster.pause = () => Promise.resolve();
    assert.equal(await inject('pause', 'all'), 'failed');
    assert.equal(proofOf('failed')?.['reason'], 'no proof that it bit');
  });

  it('of pause is over also when another fault has killed the node meanwhile', async () => {
    clock.after(1000, () => void cluster.kill('n2'));
    assert.equal(await inject('pause', 'master'), 'healed');
    assert.deepEqual(cluster.done, ['pause n2', 'kill n2']);
  });

  describe('in a schedule', () => {
    const fault = (nemesis: string, count: number, atMs: number, variant: string): ScheduledFault => ({
      id: `${nemesis}-${count}`,
      nemesis,
      variant,
      atMs,
      durationMs: 5000,
    });

    it('comes when it is due, beside those of another nemesis and after those of its own', async () => {
      const schedule = [
        fault('kill', 1, 1000, 'slave'),
        fault('pause', 1, 2000, 'controller-leader'),
        fault('kill', 2, 3000, 'slave'),
      ];
      const outcome = await runSchedule(schedule, { ...world(), nemeses });
      assert.deepEqual(outcome, { healed: ['kill-1', 'pause-1', 'kill-2'], failed: [], skipped: [] });
      const injected = told
        .filter(({ phase }) => phase === 'inject')
        .map((event) => `${event.fault} ${event.atMs}`);
      assert.deepEqual(injected, ['kill-1 1000', 'pause-1 2000', 'kill-2 6000']);
    });

    it('is skipped when the run is stopped before', async () => {
      clock.after(2000, () => stop.abort());
      const schedule = [fault('kill', 1, 1000, 'slave'), fault('kill', 2, 9000, 'slave')];
      const outcome = await runSchedule(schedule, { ...world(), nemeses });
      assert.deepEqual(outcome, { healed: ['kill-1'], failed: [], skipped: ['kill-2'] });
    });
  });
});
