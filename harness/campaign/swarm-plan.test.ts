import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { commonVariants, usualSettings } from '../../nemeses/chosen-nemeses.ts';
import { brokerOptions, controllerOptions } from './swarm-options.ts';
import { type SwarmBase, swarmNemeses, swarmPlan } from './swarm-plan.ts';

const all = swarmNemeses;
const free: SwarmBase = { fixed: {}, given: {} };
const seeds = Array.from({ length: 1000 }, (_, seed) => seed);
const drawn = seeds.map((seed) => swarmPlan(seed, free, all));

describe('the plan that swarm draws', () => {
  it('is a function of seed and base', () => {
    assert.deepEqual(swarmPlan(7, free, all), swarmPlan(7, free, all));
    assert.notDeepEqual(swarmPlan(7, free, all), swarmPlan(8, free, all));
  });

  it('uses every nemesis, every variant of it, and none, over 1,000 seeds', () => {
    for (const nemesis of all) {
      const { name } = nemesis;
      const covered = [...commonVariants(nemesis, usualSettings)];
      const used = drawn.flatMap(({ schedule }) => schedule).filter(({ nemesis }) => nemesis === name);
      assert.deepEqual([...new Set(used.map(({ variant }) => variant))].sort(), covered.sort(), name);
    }
    assert.ok(drawn.some(({ plan }) => plan.nemeses.length === 0));
    assert.ok(drawn.some(({ plan }) => plan.nemeses.length >= 3));
  });

  it('gives every option each of its values', () => {
    for (const [side, options] of [
      ['broker', brokerOptions],
      ['controller', controllerOptions],
    ] as const) {
      for (const { key, values } of options) {
        const got = new Set(drawn.map(({ plan }) => plan.properties?.[side][key]));
        assert.deepEqual(got, new Set([undefined, ...values]), key);
      }
    }
  });

  it('varies sizes, flush mode, load and mix', () => {
    const values = (name: keyof (typeof drawn)[number]['plan']) =>
      new Set(drawn.map(({ plan }) => plan[name]));
    assert.deepEqual([...values('nodes')].sort(), [2, 3, 5]);
    assert.deepEqual([...values('controllers')].sort(), [1, 3]);
    assert.deepEqual([...values('flush')].sort(), ['async', 'sync']);
    assert.deepEqual([...values('queues')].sort(), [1, 2, 3, 4]);
    assert.equal(values('timeLimitS').size, 21);
    assert.equal(values('mix').size > 1, true);
    for (const { plan } of drawn) {
      assert.ok(plan.minInSyncReplicas <= plan.nodes && plan.minInSyncReplicas >= 1);
      assert.ok(plan.rate >= 50 && plan.rate <= 120);
    }
  });

  it('has faults of a tenth of a second and of eight, all of them within the time', () => {
    const faults = drawn.flatMap(({ plan, schedule }) => schedule.map((fault) => ({ ...fault, plan })));
    const lengths = faults.map(({ durationMs }) => durationMs);
    assert.ok(Math.min(...lengths) < 100);
    assert.ok(Math.max(...lengths) > 7000);
    for (const { atMs, durationMs, plan } of faults) {
      assert.ok(atMs >= plan.quietStartS * 1000);
      assert.ok(atMs + durationMs <= plan.timeLimitS * 1000);
    }
  });

  it('gives some seeds one kind of plain fault and nothing beside it, longer than the group may need', () => {
    const plain = drawn.filter(
      ({ schedule }) =>
        schedule.length > 0 &&
        new Set(schedule.map(({ nemesis, variant }) => `${nemesis} ${variant}`)).size === 1 &&
        schedule.every(({ nemesis, durationMs }) => /^(kill|pause)$/.test(nemesis) && durationMs >= 5000),
    );
    const variants = new Set(plain.flatMap(({ schedule }) => schedule.map(({ variant }) => variant)));
    for (const variant of ['master', 'slave', 'heads']) assert.ok(variants.has(variant), variant);
    const longest = plain.flatMap(({ schedule }) => schedule.map(({ durationMs }) => durationMs));
    assert.ok(longest.filter((ms) => ms > 8000).length > 30, String(longest.length));
  });

  it('draws what alone shows a rare failure in every thirtieth seed at least', () => {
    const only = (wanted: string) =>
      drawn.filter(
        ({ schedule }) =>
          schedule.length > 0 && schedule.every(({ nemesis, variant }) => `${nemesis} ${variant}` === wanted),
      ).length;
    const among = (wanted: string) =>
      drawn.filter(({ schedule }) =>
        schedule.some(({ nemesis, variant }) => `${nemesis} ${variant}` === wanted),
      ).length;
    for (const lone of ['pause master', 'pause slave', 'kill heads', 'clock strobe/all'])
      assert.ok(only(lone) > 33, `${lone}: ${only(lone)}`);
    for (const move of [
      'lonely',
      'quiet',
      'good-bye',
      'tail',
      'one-lags',
      'half-open',
      'fallout',
      'deserted',
    ])
      assert.ok(among(`sequence ${move}`) > 33, `${move}: ${among(`sequence ${move}`)}`);
    const rotten = drawn.filter(({ plan, schedule }) => plan.timeLimitS >= 33 && schedule.length === 1);
    assert.ok(rotten.length > 20, String(rotten.length));
    for (const { schedule } of rotten) assert.equal(schedule[0]?.nemesis, 'minority-rot');
  });

  it('keeps what is fixed by hand, and draws the rest as without it', () => {
    const fixed = { bug: 'skip-truncation', rate: 77, minInSyncReplicas: 3 } as const;
    for (const seed of seeds.slice(0, 200)) {
      const { plan } = swarmPlan(seed, { fixed, given: { rate: '77' } }, all);
      assert.deepEqual([plan.bug, plan.rate, plan.minInSyncReplicas], ['skip-truncation', 77, 3]);
      assert.ok(plan.nodes >= 3);
      assert.equal(plan.concurrency, drawn[seed]?.plan.concurrency);
      assert.equal(plan.timeLimitS, drawn[seed]?.plan.timeLimitS);
    }
  });

  it('leaves out what the settings do not cover', () => {
    const greedy = all.map((nemesis) => ({ ...nemesis, exceeds: () => 'too much' }));
    assert.deepEqual(swarmPlan(3, free, greedy).schedule, []);
  });
});
