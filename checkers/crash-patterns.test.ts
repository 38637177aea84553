import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { checkCrashes } from './crash-patterns.ts';

const log = (node: string, ...lines: readonly string[]) => ({ node, lines });

describe('the checker of crashes', () => {
  it('accepts logs of healthy nodes', () => {
    const result = checkCrashes(
      [
        log('n1', '2026-11-22T09:30:00.000Z INFO  The broker[n1] boot success', ''),
        log('n2', '2026-11-22T09:30:00.000Z WARN  HA link to n1:10912: closed'),
      ],
      [],
      ['n1', 'n2'],
    );
    assert.equal(result.verdict, 'valid');
    assert.match(result.evidence, /3 lines of 2 logs/);
  });

  it('refuses a node that died by itself', () => {
    const result = checkCrashes([log('n1')], [{ node: 'n1', how: 'signal SIGSEGV' }], ['n1']);
    assert.deepEqual(result.anomalyCounts, { 'node-crash': 1 });
    assert.equal(result.anomalies[0]?.detail, 'n1 died by itself: signal SIGSEGV');
  });

  const signs = [
    '2026-11-22T09:30:00.000Z ERROR invariant broken, stopping: AssertionError: confirm beyond the end',
    'Uncaught Error: x',
    'Error: unhandled promise rejection',
    'TypeError: Cannot read properties of undefined',
    'RangeError [ERR_OUT_OF_RANGE]: The value is out of range',
    'AssertionError [ERR_ASSERTION]: 1 !== 2',
    'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
  ];
  for (const line of signs) {
    it(`refuses a log with: ${line.slice(0, 60)}`, () => {
      const result = checkCrashes([log('c1', 'fine', line)], [], ['c1']);
      assert.deepEqual(result.anomalyCounts, { 'node-crash': 1 });
      assert.match(result.anomalies[0]?.detail ?? '', /^line 2 of c1's log: /);
    });
  }

  it('does not know a node without a log', () => {
    const result = checkCrashes([log('n1', 'fine')], [], ['n1', 'n2']);
    assert.equal(result.verdict, 'unknown');
    assert.equal(result.evidence, 'no log of n2');
  });
});
