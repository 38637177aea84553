import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'mocha';
import { type HeldPull, HeldPulls } from './held-pulls.ts';

function pull(change: Partial<HeldPull> = {}): HeldPull {
  return {
    channelId: 1,
    topic: 't',
    queueId: 0,
    queueOffset: 5,
    deadlineMs: 100,
    tagsCodes: undefined,
    ...change,
  };
}

describe('held pulls', () => {
  it('are woken once, by a message at or above the offset they wait for', () => {
    const held = new HeldPulls<HeldPull>(10);
    const waiting = pull();
    held.hold(waiting);
    deepEqual(held.takeWoken('t', 0, 5, 0), []);
    deepEqual(held.takeWoken('t', 1, 6, 0), []);
    deepEqual(held.takeWoken('t', 0, 6, 0), [waiting]);
    deepEqual(held.takeWoken('t', 0, 7, 0), []);
    equal(held.count(), 0);
  });

  it('are woken by their own tags only', () => {
    const held = new HeldPulls<HeldPull>(10);
    held.hold(pull({ tagsCodes: new Set([7]) }));
    equal(held.takeWoken('t', 0, 6, 8).length, 0);
    equal(held.takeWoken('t', 0, 7, 7).length, 1);
  });

  it('end at their deadline, the earliest first', () => {
    const held = new HeldPulls<HeldPull>(10);
    equal(held.earliestDeadlineMs(), undefined);
    held.hold(pull({ deadlineMs: 200 }));
    held.hold(pull({ deadlineMs: 100, topic: 'u' }));
    equal(held.earliestDeadlineMs(), 100);
    equal(held.takeExpired(99).length, 0);
    equal(held.takeExpired(100).length, 1);
    equal(held.earliestDeadlineMs(), 200);
  });

  it('end with their connection, and all together', () => {
    const held = new HeldPulls<HeldPull>(10);
    held.hold(pull({ channelId: 1 }));
    held.hold(pull({ channelId: 2 }));
    equal(held.takeOfChannel(2).length, 1);
    equal(held.takeAll().length, 1);
    equal(held.count(), 0);
  });

  it('are refused above the limit', () => {
    const held = new HeldPulls<HeldPull>(2);
    equal(held.hold(pull()), true);
    equal(held.hold(pull()), true);
    equal(held.hold(pull()), false);
    equal(held.count(), 2);
  });
});
