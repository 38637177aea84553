import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { FaultEvent, FaultPhase } from './fault.ts';
import { faultWindows, wasInjected } from './fault-window.ts';

const event = (phase: FaultPhase, time: number, fields: Partial<FaultEvent> = {}): FaultEvent => ({
  time,
  fault: 'kill-1',
  phase,
  nemesis: 'kill',
  variant: 'master',
  targets: ['n1'],
  ...fields,
});

function only(events: readonly FaultEvent[]) {
  const [window, ...others] = faultWindows(events);
  assert.ok(window !== undefined);
  assert.deepEqual(others, []);
  return window;
}

describe('the window of a fault', () => {
  it('goes from the injection to the proof that it is gone; it bites from the proof to the heal', () => {
    const window = only([event('inject', 10), event('bit', 12), event('heal', 50), event('healed', 60)]);
    assert.deepEqual([window.injected, window.healed], [10, 60]);
    assert.deepEqual(window.active, { from: 12, to: 50 });
    assert.equal(window.failure, undefined);
    assert.ok(wasInjected(window));
  });

  it('bites to the end of the run when nobody heals it', () => {
    const window = only([event('inject', 10), event('bit', 12)]);
    assert.deepEqual(window.active, { from: 12, to: Number.POSITIVE_INFINITY });
    assert.equal(window.healed, Number.POSITIVE_INFINITY);
  });

  it('never bit when no probe proved it, and says why', () => {
    const window = only([
      event('inject', 10),
      event('failed', 14, { proof: { reason: 'no proof that it bit' } }),
      event('heal', 15),
      event('failed', 40, { proof: { reason: 'no proof that it healed' } }),
    ]);
    assert.equal(window.active, undefined);
    assert.equal(window.failure, 'no proof that it bit, then no proof that it healed');
    assert.ok(wasInjected(window));
  });

  it('does nothing where no target was found', () => {
    const window = only([event('failed', 10, { targets: [], proof: { reason: 'no target: no master' } })]);
    assert.equal(wasInjected(window), false);
    assert.equal(window.healed, 10);
    assert.equal(window.failure, 'no target: no master');
  });

  it('keeps overlapping faults apart, in order of injection', () => {
    const other = { fault: 'pause-1', nemesis: 'pause' };
    const windows = faultWindows([
      event('inject', 10),
      event('inject', 5, other),
      event('bit', 11),
      event('bit', 12, other),
      event('healed', 20),
      event('healed', 30, other),
    ]);
    assert.deepEqual(
      windows.map(({ fault, injected, healed }) => [fault, injected, healed]),
      [
        ['pause-1', 5, 30],
        ['kill-1', 10, 20],
      ],
    );
  });
});
