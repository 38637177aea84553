import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { BenchUsageError, parseBenchOptions, sectionNames } from './bench-options.ts';

describe('options of the bench', () => {
  it('runs every section when none is named', () => {
    assert.deepEqual([...parseBenchOptions([]).sections], [...sectionNames]);
  });

  it('runs the named sections with the given numbers', () => {
    const options = parseBenchOptions(['failover', '--trials', '3', 'latency', '--rounds', '7']);
    assert.deepEqual([...options.sections], ['failover', 'latency']);
    assert.equal(options.trials, 3);
    assert.equal(options.rounds, 7);
    assert.equal(options.messages, 1_000_000);
  });

  it('says what it wanted instead of a wrong word or number', () => {
    assert.throws(() => parseBenchOptions(['speed']), { name: BenchUsageError.name, message: /"speed"/ });
    assert.throws(() => parseBenchOptions(['--rounds', '0']), /--rounds: wanted a number above 0, got "0"/);
    assert.throws(() => parseBenchOptions(['--seconds']), /--seconds: wanted a number above 0, got ""/);
    assert.throws(() => parseBenchOptions(['--results', '--rounds']), /--results: wanted a value/);
  });
});
