import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { checkOperations } from '../check.ts';
import { casRegister } from '../models/register.ts';
import type { Operation } from '../operation.ts';

const register = casRegister<number>({ initial: 0 });
type Row = Operation<{ f: 'read' } | { f: 'cas'; from: number; to: number }, number>;
const cas = (from: number, to: number): Row => ({ input: { f: 'cas', from, to }, call: 0, return: null });

/** Reads one after another, of these values. */
function reads(values: readonly number[]): Row[] {
  return values.map((output, at) => ({
    input: { f: 'read' },
    output,
    call: 10 + 2 * at,
    return: 11 + 2 * at,
  }));
}

describe('many interchangeable operations without an answer', () => {
  // More than fit into the bits of a word for each kind: they are counted.
  const forth = Array.from({ length: 40 }, () => cas(0, 1));
  const back = Array.from({ length: 40 }, () => cas(1, 0));

  it('explain as many changes as there are of them, and not one more', () => {
    const changes = (count: number) => Array.from({ length: count }, (_, at) => (at + 1) % 2);
    assert.equal(checkOperations(register, [...forth, ...back, ...reads(changes(80))]).verdict, 'ok');
    assert.equal(checkOperations(register, [...forth, ...back, ...reads(changes(81))]).verdict, 'illegal');
    assert.equal(
      checkOperations(register, [...forth, ...back.slice(1), ...reads(changes(80))]).verdict,
      'illegal',
    );
  });
});
