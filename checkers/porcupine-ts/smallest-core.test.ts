import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { checkOperations } from './check.ts';
import { kv } from './models/kv.ts';
import { casRegister } from './models/register.ts';
import type { Operation } from './operation.ts';
import { smallestCore } from './smallest-core.ts';
import { isLinearizable } from './testing/brute-force.ts';
import { busyRegister } from './testing/busy-history.ts';
import { SeededRandom } from './testing/random.ts';
import { randomHistory } from './testing/random-history.ts';
import { subjects } from './testing/subjects.ts';

const register = casRegister<number>({ initial: 0 });
const write = (value: number, call: number, back: number | null) => ({
  input: { f: 'write', value } as const,
  call,
  return: back,
});
const read = (output: number, call: number, back: number) => ({
  input: { f: 'read' } as const,
  output,
  call,
  return: back,
});

describe('the smallest core of an illegal history', () => {
  it('of a stale read is the read, the write it saw and the write it missed', () => {
    const history = [
      write(3, 0, 1),
      write(1, 2, 3),
      read(1, 3, 9),
      write(2, 6, 7),
      read(1, 8, 9),
      read(2, 10, 11),
    ];
    const core = smallestCore(register, history);
    assert.deepEqual(core?.operations, [1, 3, 4]);
    assert.equal(
      core?.sentence,
      'No order of these 3 operations explains their answers, whatever the other 3 did: write(1) (operation 1, 2 to 3); write(2) (operation 3, 6 to 7); ' +
        'read -> 1 (operation 4, 8 to 9). After write(1), write(2) the state is 2, and read -> 1 cannot follow.',
    );
  });

  it('of a value that nobody wrote is the read alone', () => {
    const core = smallestCore(register, [write(1, 0, 1), write(2, 0, 5), read(7, 2, 3)]);
    assert.deepEqual(core?.operations, [2]);
    assert.match(
      core?.sentence ?? '',
      /^read -> 7 \(operation 2, 2 to 3\) is impossible, whatever the other 2 did\./,
    );
  });

  it('is looked for in the key that is illegal', () => {
    const put = (key: string, value: string, call: number) => ({
      id: `${key}${value}`,
      input: { f: 'put', key, value } as const,
      call,
      return: call + 1,
    });
    const get = { id: 'late', input: { f: 'get', key: 'b' } as const, output: '1', call: 10, return: 11 };
    const core = smallestCore(kv(), [
      put('a', '1', 0),
      put('b', '1', 2),
      put('b', '2', 4),
      put('a', '3', 6),
      get,
    ]);
    assert.deepEqual(core?.operations, [1, 2, 4]);
    assert.match(core?.sentence ?? '', /put\("b", "1"\) \(operation b1, 2 to 3\)/);
  });

  it('is none where the history is legal', () => {
    assert.equal(smallestCore(register, [write(1, 0, 1), read(1, 2, 3)]), undefined);
  });

  it('is found in a long history', () => {
    const history = busyRegister(3000, 5, 1) as Operation[];
    const last = history[2990] as Operation;
    const wrong = history.with(2990, { ...last, input: { f: 'read' }, output: 9 });
    assert.deepEqual(smallestCore(register, wrong as never, { timeoutMs: 60_000 })?.operations, [2990]);
  });

  it('of random histories is illegal, and legal without any one of its operations', () => {
    let found = 0;
    for (let seed = 0; found < 100; seed += 1) {
      const random = new SeededRandom(seed);
      const subject = subjects[1 + (seed % 2)] as (typeof subjects)[0];
      const history = randomHistory(subject, random);
      const core = smallestCore(subject.model, history, { timeoutMs: 60_000 });
      assert.equal(core === undefined, checkOperations(subject.model, history).verdict === 'ok');
      if (core === undefined) continue;
      found += 1;
      const relaxed = (kept: readonly number[]) =>
        history.flatMap((operation, at) => {
          if (kept.includes(at)) return [operation];
          const changedNothing = subject.model.isReadOnly?.(operation.input, operation.output) === true;
          return changedNothing ? [] : [{ ...operation, return: null }];
        });
      assert.equal(isLinearizable(subject.model, relaxed(core.operations)), false, core.sentence);
      for (const at of core.operations)
        assert.equal(
          isLinearizable(subject.model, relaxed(core.operations.filter((other) => other !== at))),
          true,
        );
    }
  });
});
