import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { checkEvents, checkOperations } from '../check.ts';
import { kv } from '../models/kv.ts';
import { register } from '../models/register.ts';
import type { HistoryEvent, Operation } from '../operation.ts';

/** `w3:1` calls operation 3, a write of 1; `r4` a read; `/3`, `/4:1` their returns. */
function events(script: string): HistoryEvent[] {
  return script.split(' ').map((word) => {
    const [name = '', value] = word.slice(1).split(':');
    const id = Number(name);
    if (word.startsWith('/'))
      return { kind: 'return', id, value: value === undefined ? undefined : Number(value) };
    return {
      kind: 'call',
      id,
      value: word.startsWith('w') ? { f: 'write', value: Number(value) } : { f: 'read' },
    };
  });
}

const get = (key: string, output: string, call: number, back: number): Operation => ({
  input: { f: 'get', key },
  output,
  call,
  return: back,
});
const put = (key: string, value: string, call: number, back: number): Operation => ({
  input: { f: 'put', key, value },
  call,
  return: back,
});

describe('linearizations', () => {
  const check = (script: string, verbose: boolean, engine: 'fast' | 'compat') =>
    checkEvents(register({ initial: 0 }) as never, events(script), { verbose, engine }).partitions[0]
      ?.linearizations;

  it('of a legal history are one order that holds every operation', () => {
    for (const engine of ['fast', 'compat'] as const) {
      for (const verbose of [true, false])
        assert.deepEqual(check('w0:1 r1 r2 /1:0 /2:1 /0', verbose, engine), [[1, 0, 2]]);
    }
  });

  it('of an illegal one are, in verbose mode, the longest for each operation, of every key, longest first', () => {
    // The case that Porcupine's own tests of its visualization use.
    const history: Operation[] = [
      get('x', 'w', 0, 100),
      put('x', 'y', 5, 10),
      put('x', 'z', 0, 10),
      get('x', 'y', 20, 30),
      put('x', 'w', 35, 45),
      get('x', 'z', 25, 35),
      get('x', 'y', 30, 40),
      get('y', 'a', 50, 90),
      put('y', 'a', 55, 85),
    ];
    const { verdict, partitions } = checkOperations(kv() as never, history, {
      verbose: true,
      engine: 'compat',
    });
    assert.equal(verdict, 'illegal');
    assert.deepEqual(
      partitions.map(({ linearizations }) => linearizations),
      [
        [
          [2, 1, 3, 6, 4, 0],
          [1, 2, 5],
        ],
        [[8, 7]],
      ],
    );
    const fast = checkOperations(kv() as never, history, { verbose: true });
    assert.deepEqual(
      fast.partitions[0]?.linearizations.map((order) => order.length),
      [6, 3],
    );
  });

  it('hold the operations without an answer that were needed', () => {
    assert.deepEqual(check('w0:1 w1:2 r2 /2:2', false, 'fast'), [[1, 2]]);
  });
});
