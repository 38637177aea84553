import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Operation } from '../history/operation.ts';
import { tellUnavailability, Unavailability } from './unavailability.ts';

const ms = 1e6;

/** Sends to q/0 by process 0 every 10 ms, unanswered within (from, to). */
function sends(count: number, from: number, to: number): Operation[] {
  return Array.from({ length: count }, (_, at) => {
    const base = { process: 0, f: 'send', value: { queue: 'q/0', message: `m${at}` } } as const;
    const invoked: Operation = { ...base, index: at * 2, time: at * 10 * ms, type: 'invoke' };
    const type = at * 10 > from && at * 10 < to ? 'info' : 'ok';
    return [invoked, { ...base, index: at * 2 + 1, time: at * 10 * ms + ms, type }] as Operation[];
  }).flat();
}

function judge(operations: readonly Operation[], faults: readonly string[] = []) {
  const unavailability = new Unavailability((process) => `w${process + 1}`);
  for (const operation of operations) unavailability.add(operation);
  const windows = faults.map((fault) => ({
    ...{ fault, nemesis: 'kill', variant: '', targets: ['n1'], injected: 200 * ms, healed: 300 * ms },
    ...{ active: undefined, failure: undefined },
  }));
  return tellUnavailability(unavailability, windows);
}

describe('stretches without an answer', () => {
  it('are told by client and by queue, with the faults at work', () => {
    const { verdict, facts, evidence } = judge(sends(100, 100, 400), ['kill-1']);
    assert.equal(verdict, 'valid');
    const stretch = { f: 'send', from: 101 * ms, to: 401 * ms, tries: 30, faults: ['kill-1'] };
    assert.deepEqual(facts, {
      count: 2,
      stretches: [
        { of: 'w1', ...stretch },
        { of: 'q/0', ...stretch },
      ],
    });
    assert.match(evidence, /2 times, at worst sends of w1, from 0\.1 s on, 300 ms \(kill-1\)/);
  });

  it('are none where answers came, where pauses were short, or where hardly anybody asked', () => {
    assert.deepEqual(judge(sends(100, 0, 0)).facts, { count: 0, stretches: [] });
    assert.deepEqual(judge(sends(100, 100, 250)).facts, { count: 0, stretches: [] });
    const few = [
      ...sends(1, 0, 0),
      ...sends(4, -1, 1000).map((one) => ({ ...one, time: one.time + 900 * ms })),
    ];
    assert.deepEqual(judge(few).facts, { count: 0, stretches: [] });
  });

  it('are those of sends and pulls: who asks for the end of a queue waits for no message', () => {
    const asked = sends(100, 100, 400).map(
      (one) => ({ ...one, f: 'max-offset', value: { queue: 'q/0' } }) as Operation,
    );
    assert.deepEqual(judge(asked).facts, { count: 0, stretches: [] });
  });

  it('may last to the end', () => {
    const { facts } = judge(sends(100, 500, 5000));
    const [first] = (facts as { stretches: { to: number | null }[] }).stretches;
    assert.equal(first?.to, null);
  });
});
