import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { AnomalyName } from './anomaly.ts';
import { AnomalyCollector } from './anomaly-collector.ts';
import { busyMachine, excused } from './busy-machine.ts';

const quiet = { ticks: 600, lateTicks: 12, worstMs: 1499 };

function found(...names: readonly AnomalyName[]) {
  const collector = new AnomalyCollector();
  for (const name of names) collector.add({ name, detail: `${name} was seen`, operations: [] });
  return collector.result('recovery', 'nothing was seen', { some: 'facts' });
}

describe('a machine that has no time', () => {
  it('is told by many late timers, or by one that is as late as a dead broker', () => {
    assert.equal(busyMachine(quiet), undefined);
    assert.equal(busyMachine(undefined), undefined);
    assert.match(
      busyMachine({ ...quiet, lateTicks: 13 }) ?? '',
      /too busy to tell: .* 2\.2 % came 150 ms late/,
    );
    assert.match(busyMachine({ ...quiet, worstMs: 1500 }) ?? '', /the worst 1500 ms/);
  });

  const why = busyMachine({ ...quiet, worstMs: 2000 });

  it('excuses what rests on time alone, and keeps what was found in the words', () => {
    const result = excused(found('stuck', 'unavailable'), why);
    assert.deepEqual([result.verdict, result.facts], ['unknown', { some: 'facts' }]);
    assert.match(result.evidence, /too busy to tell.*stuck was seen/);
  });

  it('excuses nothing that was lost, read or decided wrongly', () => {
    for (const name of ['lost-ack-write', 'stale-read', 'split-route', 'recovery-point'] as const) {
      assert.equal(excused(found(name), why).verdict, 'invalid');
      assert.equal(excused(found('stuck', name), why).verdict, 'invalid');
    }
  });

  it('changes no other verdict, and none where there was time', () => {
    assert.equal(excused(found(), why).verdict, 'valid');
    assert.equal(excused(found('stuck'), undefined).verdict, 'invalid');
  });
});
