import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { checkEvents, checkOperations } from '../check.ts';
import type { NondeterministicModel } from '../model.ts';
import type { HistoryEvent } from '../operation.ts';
import { nondeterministic } from './nondeterministic.ts';

interface Input {
  readonly f: 'put-any' | 'get-any' | 'get-all';
  readonly values?: readonly number[];
}
type Members = readonly number[];

/** Put-any stores some of its values; get-any sees at least what it says, get-all sees exactly what is there. The case of Porcupine's own tests. */
const someOf: NondeterministicModel<Members, Input, Members> = {
  init: () => [[]],
  step(state, input, output) {
    if (input.f === 'put-any') return subsets(input.values ?? []);
    const holds = output.every((value) => state.includes(value));
    return holds && (input.f === 'get-any' || output.length === state.length) ? [state] : [];
  },
  equal: (one, other) => one.length === other.length && one.every((value) => other.includes(value)),
};

function subsets(values: Members): Members[] {
  const all: Members[] = [[]];
  for (const value of values) for (const subset of all.slice()) all.push([...subset, value]);
  return all;
}

const history = (all: Members): HistoryEvent<Input, Members>[] => [
  { kind: 'call', id: 0, value: { f: 'put-any', values: [1, 2, 3, 4] } },
  { kind: 'call', id: 1, value: { f: 'get-any' } },
  { kind: 'call', id: 2, value: { f: 'get-any' } },
  { kind: 'call', id: 3, value: { f: 'get-all' } },
  { kind: 'return', id: 2, value: [2] },
  { kind: 'return', id: 1, value: [1, 4] },
  { kind: 'return', id: 3, value: all },
  { kind: 'return', id: 0, value: [] },
];

describe('a nondeterministic model', () => {
  it('allows what some run of it explains, with a hash and without', () => {
    const hashed = { ...someOf, hash: (state: Members) => state.reduce((all, value) => all ^ value, 0) };
    for (const model of [nondeterministic(someOf), nondeterministic(hashed)]) {
      for (const engine of ['fast', 'compat'] as const) {
        assert.equal(checkEvents(model, history([1, 2, 3]), { engine }).verdict, 'illegal');
        assert.equal(checkEvents(model, history([1, 2, 4]), { engine }).verdict, 'ok');
      }
    }
  });

  it('hashes a set of states whatever their order, and tells sets apart', () => {
    const model = nondeterministic<number, Input, Members>({
      init: () => [1, 2, 2],
      step: (state) => [state],
      hash: (state) => state,
    });
    assert.deepEqual(model.init(), [1, 2]);
    assert.equal(model.hash?.([1, 2]), model.hash?.([2, 1]));
    assert.notEqual(model.hash?.([1, 2]), model.hash?.([1, 3]));
    assert.equal(model.equal?.([1, 2], [2, 1]), true);
    assert.equal(model.equal?.([1, 2], [1, 3]), false);
  });

  it('hands the clock to its steps, and stops between two states of a set when the time is over', () => {
    let steps = 0;
    const slow = nondeterministic<number, Input, Members>({
      init: () => [1, 2, 3],
      step(state, _input, _output, context) {
        steps += 1;
        while (!context.expired());
        return [state];
      },
    });
    const result = checkOperations(slow, [{ input: { f: 'get-any' }, output: [], call: 0, return: 1 }], {
      timeoutMs: 1,
    });
    assert.deepEqual([result.verdict, result.reason, steps], ['unknown', 'timeout', 1]);
  });
});
