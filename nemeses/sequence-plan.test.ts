import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { SimRandom } from '../harness/deployment/sim/sim-random.ts';
import type { FaultStep } from './nemesis.ts';
import { namesOf } from './node-targets.ts';
import { planSequence, sequenceMoves } from './sequence-plan.ts';
import { testView } from './test-cluster.ts';

const seeds = Array.from({ length: 200 }, (_, seed) => seed);

function stepsOf(
  move: (typeof sequenceMoves)[number],
  seed: number,
  view = testView(),
): readonly FaultStep[] {
  const steps = planSequence(move, SimRandom.fromSeed(seed), view);
  assert(typeof steps !== 'string', String(steps));
  return steps;
}

const all = sequenceMoves.flatMap((move) => seeds.map((seed) => stepsOf(move, seed)));

describe('the plan of a sequence', () => {
  it('has steps that follow from each other: up after down, on after still, healed after cut', () => {
    for (const steps of all) {
      const states = new Map<string, string>();
      const open = new Set<number>();
      for (const step of steps) {
        const what = JSON.stringify(steps);
        if (step.verb === 'cut') open.add(step.cut);
        else if (step.verb === 'heal') assert(open.delete(step.cut), what);
        else {
          const state = states.get(step.node) ?? 'up';
          const wanted = {
            start: ['down'],
            resume: ['still'],
            pause: ['up'],
            kill: ['up', 'still'],
            stop: ['up', 'still'],
          };
          assert(wanted[step.verb].includes(state), what);
          states.set(
            step.node,
            { start: 'up', resume: 'up', pause: 'still', kill: 'down', stop: 'down' }[step.verb],
          );
        }
      }
    }
  });

  it('does something, and is over in less than 25 seconds', () => {
    for (const steps of all) {
      assert(steps.length > 0);
      assert(steps.reduce((sum, { afterMs }) => sum + afterMs, 0) < 25_000);
    }
  });

  it('uses every verb, every flavour, times from 20 ms to seconds', () => {
    const steps = all.flat();
    assert.deepEqual([...new Set(steps.map(({ verb }) => verb))].sort(), [
      'cut',
      'heal',
      'kill',
      'pause',
      'resume',
      'start',
      'stop',
    ]);
    assert.deepEqual(
      [...new Set(steps.flatMap((step) => (step.verb === 'cut' ? step.flavour : [])))].sort(),
      ['drop', 'hold', 'reset'],
    );
    const gaps = steps.map(({ afterMs }) => afterMs).filter((ms) => ms > 0);
    assert(Math.min(...gaps) < 25 && Math.max(...gaps) > 3000);
  });

  it('kills a master, starts it and kills it again within a quarter of a second', () => {
    const isQuick = (steps: readonly FaultStep[]) =>
      steps.some((step, at) => {
        const [start, kill] = [steps[at + 1], steps[at + 2]];
        return (
          step.verb === 'kill' &&
          start?.verb === 'start' &&
          kill?.verb === 'kill' &&
          start.afterMs + kill.afterMs < 250
        );
      });
    assert(all.some(isQuick));
  });

  it('lets a deserted master live on: its slaves go at once and come back, and no more happens', () => {
    const view = testView();
    const slaves = namesOf(view, 'broker').filter((name) => name !== view.master);
    for (const seed of seeds) {
      const steps = stepsOf('deserted', seed, view);
      for (const step of steps) {
        if (step.verb === 'cut')
          assert(step.links.every((link) => slaves.some((name) => link.includes(name))));
        else if (step.verb !== 'heal') assert(slaves.includes(step.node), JSON.stringify(step));
      }
      const [first, second] = steps;
      if (first?.verb === 'cut') assert.equal(second?.verb, 'heal');
      else assert.deepEqual([second?.verb, second?.afterMs], [first?.verb, 0]);
    }
  });

  it('cuts no link of a host to itself or between clients, and resets in both directions', () => {
    for (const step of all.flat()) {
      if (step.verb !== 'cut') continue;
      const keys = new Set(step.links.map((link) => link.join('>')));
      for (const [from, to] of step.links) {
        assert(from !== to && !(from.startsWith('w') && to.startsWith('w')), `${from}>${to}`);
        if (step.flavour === 'reset') assert(keys.has(`${to}>${from}`));
      }
    }
  });

  it('finds something to do in the smallest group, and nobody where no broker runs', () => {
    const hosts = [
      { name: 'n1', kind: 'broker' },
      { name: 'c1', kind: 'controller' },
    ] as const;
    const states = new Map([
      ['n1', 'running'],
      ['c1', 'running'],
    ] as const);
    const alone = testView({ hosts, states, master: 'n1' });
    assert.equal(planSequence('deserted', SimRandom.fromSeed(1), alone), 'no slave runs');
    for (const move of sequenceMoves.filter((name) => name !== 'deserted')) {
      for (const seed of seeds.slice(0, 30)) {
        const view = testView({ hosts, states, master: 'n1', controllerLeader: 'c1', syncStateSet: ['n1'] });
        // The only broker is a slave of nobody: it must not be cut off from itself.
        for (const step of stepsOf(move, seed, view))
          if (step.verb === 'cut')
            assert(step.links.length > 0 && step.links.every(([from, to]) => from !== to));
        const down = testView({
          hosts,
          states: new Map([
            ['n1', 'absent'],
            ['c1', 'running'],
          ]),
        });
        assert.equal(planSequence(move, SimRandom.fromSeed(seed), down), 'no broker runs');
      }
    }
  });
});
