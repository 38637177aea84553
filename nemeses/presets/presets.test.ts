import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { FaultEvent } from '../../checkers/history/fault.ts';
import { SimRandom } from '../../harness/deployment/sim/sim-random.ts';
import { chooseNemeses, usualSettings } from '../chosen-nemeses.ts';
import type { Ability, ClusterView } from '../nemesis.ts';
import { runFault } from '../run-fault.ts';
import { planSchedule } from '../schedule.ts';
import { parseScript } from '../script/script.ts';
import { JumpingClock, TestCluster, testView } from '../test-cluster.ts';
import { namedNemeses } from './named-nemeses.ts';
import { presetNemesis } from './preset-nemesis.ts';
import { presets } from './presets.ts';

const lines = (...steps: string[]) =>
  parseScript('x.txt', ['x: a purpose', 'takes: 9', ...steps.map((step) => `- ${step}`)].join('\n'));

async function play(steps: readonly string[], change: (cluster: TestCluster) => void = () => undefined) {
  const cluster = new TestCluster(new JumpingClock());
  change(cluster);
  const told: Omit<FaultEvent, 'time'>[] = [];
  const stop = new AbortController();
  const outcome = await runFault(
    { id: 'x-1', nemesis: 'x', variant: 'script', atMs: 0, durationMs: 9000 },
    {
      cluster,
      nemesis: presetNemesis('x', lines(...steps), 0),
      clock: new JumpingClock(),
      random: SimRandom.fromSeed(1),
      tell: (event) => void told.push(event),
      stop: stop.signal,
    },
  );
  const reasons = told.flatMap(({ phase, proof }) => (phase === 'failed' ? [String(proof?.['reason'])] : []));
  return { outcome, cluster, told, phases: told.map(({ phase }) => phase), reasons };
}

const planOf = (view: Partial<ClusterView>, ...steps: string[]) =>
  presetNemesis('x', lines(...steps), 0).plan('script', SimRandom.fromSeed(1), testView(view));

describe('a preset', () => {
  it('is known by its name like any nemesis, with its first line as its purpose', () => {
    for (const preset of presets) {
      assert.equal(namedNemeses.get(preset.name), preset);
      assert.ok(preset.purpose.length > 20 && !preset.purpose.startsWith(preset.name), preset.name);
    }
    assert.ok(presets.length >= 9);
  });

  it('bites at its first harmful step, proves the others, and heals what is left', async () => {
    const { outcome, phases, told, cluster } = await play([
      'kill n1',
      'wait 2',
      'cut n2 <-> n3 hold',
      'pause n2',
    ]);
    assert.equal(outcome, 'healed');
    assert.deepEqual(phases, ['inject', 'bit', 'heal', 'healed']);
    const steps = told.find(({ phase }) => phase === 'heal')?.proof?.['steps'];
    assert.ok(Array.isArray(steps) && steps.some((step) => /2 links are cut, nothing passes/.test(step)));
    assert.deepEqual(cluster.cutLinks(), []);
    assert.deepEqual(new Set(cluster.states.values()), new Set(['running']));
  });

  it('fails where a later step does not bite, or does not go as it wants, and heals all the same', async () => {
    const leaky = await play(['kill n1', 'cut n2 -> n3'], (cluster) => cluster.leaking.add('n2>n3'));
    assert.equal(leaky.outcome, 'failed');
    assert.match(leaky.reasons.join(), /no proof that it bit: bytes still pass n2>n3/);
    assert.deepEqual(leaky.cluster.cutLinks(), []);
    const other = await play(['kill n1', 'expect master n1']);
    assert.match(other.reasons.join(), /line 4, "expect master n1": master n2/);
    assert.equal(other.cluster.state('n1'), 'running');
  });

  it('waits until a server answers, not only until it is started', async () => {
    const silent = await play(['kill n1', 'await up n1 within 1']);
    assert.match(silent.reasons.join(), /line 4, "await up n1 within 1": not within 1 s: no answer from n1/);
    assert.deepEqual((await play(['kill n1', 'start n1', 'await up n1'])).reasons, []);
  });

  it('hits the roles as they are, and nobody while the group is not whole', () => {
    const plan = planOf({}, 'let m = master', 'let s = slave', 'pause s', 'kill m');
    assert.ok(plan.kind === 'planned');
    assert.deepEqual(plan.targets, ['n1', 'n2']);
    const reason = (view: Partial<ClusterView>) => {
      const none = planOf(view, 'kill master');
      return none.kind === 'no-target' ? none.reason : '';
    };
    assert.match(reason({ syncStateSet: ['n2', 'n3'] }), /n1 not in the SyncStateSet/);
    assert.match(reason({ states: new Map([['n1', 'running']]) }), /n2, n3, c1, c2, c3 do not run/);
    assert.match(reason({ master: undefined }), /"master" is nobody now/);
  });

  it('that breaks disks is refused where the world or the settings do not allow it', () => {
    const choose = (name: string, abilities: readonly Ability[], flush: 'sync' | 'async' = 'sync') => {
      const chosen = chooseNemeses([name], {
        settings: { ...usualSettings, flush },
        abilities: new Set(abilities),
        expectLoss: false,
        undrawn: presets,
      });
      return 'kind' in chosen ? chosen.kind : 'taken';
    };
    assert.equal(choose('power-cut-all', []), 'world');
    assert.equal(choose('power-cut-all', ['disk']), 'taken');
    assert.equal(choose('power-cut-all', ['disk'], 'async'), 'exceeds');
    assert.equal(choose('minority-rot', []), 'world');
    assert.equal(choose('minority-rot', ['disk']), 'taken');
    assert.equal(choose('pause-kill', []), 'taken');
  });

  it('comes as often as it has room, and is drawn by nobody', () => {
    const [preset] = presets;
    assert.ok(preset?.takesMs !== undefined);
    const timeLimitMs = 1000 + 3 * (preset.takesMs + 2500);
    const times = { quietStartMs: 1000, timeLimitMs, intervalMs: 11_000 };
    const schedule = planSchedule({ random: SimRandom.fromSeed(1), nemeses: [preset], ...times });
    assert.equal(schedule.length, 3);
    for (const { atMs, durationMs } of schedule) assert.ok(atMs + durationMs <= timeLimitMs);
    const able = {
      settings: usualSettings,
      abilities: new Set<Ability>(),
      expectLoss: true,
      presets,
    } as const;
    const chosen = chooseNemeses(['all-random'], able);
    assert.ok('pool' in chosen && chosen.pool.every(({ isPreset }) => isPreset !== true));
  });
});
