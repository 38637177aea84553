import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { UsageError } from '../usage-error.ts';
import { parseArguments } from './parse-options.ts';
import { runPlanFromOptions } from './run-plan-from-options.ts';

function complaint(deployment: string, ...argv: readonly string[]): string {
  try {
    runPlanFromOptions(parseArguments(argv).values, 1, deployment);
  } catch (error) {
    assert(error instanceof UsageError, String(error));
    return error.message;
  }
  return '';
}

describe('a nemesis is refused before the start', () => {
  it('in no world of ours because it could not be done there', () => {
    for (const world of ['process', 'docker', 'sim'] as const)
      for (const name of ['disk,disk:full', 'power-cut-all', 'minority-rot'])
        assert.equal(complaint(world, '--nemesis', name), '');
    assert.equal(complaint('process', '--nemesis', 'slow,narrow,lossy'), '');
    assert.equal(complaint('sim', '--nemesis', 'slow,narrow,lossy'), '');
    assert.equal(complaint('sim', '--nemesis', 'clock,disk,slow,kill'), '');
    assert.equal(complaint('process', '--nemesis', 'clock'), '');
    assert.equal(complaint('docker', '--nemesis', 'clock:drift'), '');
    assert.equal(complaint('process', '--nemesis', 'all-random'), '');
  });

  it('when it exceeds the guarantees, unless loss is expected', () => {
    for (const options of [
      ['--nemesis', 'disk', '--flush', 'async'],
      ['--nemesis', 'disk:torn-write', '--flush', 'async'],
      ['--nemesis', 'power-cut-all', '--flush', 'async'],
      ['--nemesis', 'disk:bit-flip/majority'],
      ['--nemesis', 'disk:truncate/one', '--min-in-sync-replicas', '1'],
      ['--nemesis', 'disk:read-error/all'],
    ]) {
      assert.match(complaint('sim', ...options), /exceeds the guarantees: .* or add --expect-loss$/);
      assert.equal(complaint('sim', ...options, '--expect-loss'), '');
    }
    assert.equal(complaint('sim', '--nemesis', 'all-random', '--flush', 'async'), '');
  });

  it('when it has no such variant, with those that it has', () => {
    assert.match(
      complaint('sim', '--nemesis', 'disk:ful'),
      /--nemesis disk:ful: no such variant.* Known: lose-/,
    );
    assert.match(complaint('sim', '--nemesis', 'dsik'), /Did you mean|did you mean|Known: none/);
  });

  it('when it draws from all others and is not alone', () => {
    assert.match(complaint('sim', '--nemesis', 'all-random,kill'), /"all-random" goes alone/);
  });
});
