import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { indexHtml } from './index-html.ts';

describe('the index of all runs', () => {
  it('leads to each run, and counts verdicts', () => {
    const html = indexHtml([
      {
        kind: 'log-partition+kill',
        run: '2026-11-22T09.30.00Z-7',
        verdict: 'invalid',
        anomalies: ['stale-read', 'gap'],
      },
      { kind: 'log-none', run: '2026-11-21T08.00.00Z-12-1', verdict: 'valid', anomalies: [] },
    ]);
    assert.match(html, /<p>2 runs: 1 invalid, 1 valid<\/p>/);
    assert.match(
      html,
      /href="log-partition%2Bkill\/2026-11-22T09\.30\.00Z-7\/report\.html">2026-11-22 09:30:00<\/a>/,
    );
    assert.match(html, /<td class="seed">12-1<\/td><td>log-none<\/td>/);
    assert.match(html, /<td>stale-read, gap<\/td>/);
  });

  it('says how to make the first one', () => {
    assert.match(indexHtml([]), /No runs yet: npm run jepsen -- --nemesis partition/);
  });

  it('takes no folder name for markup', () => {
    const html = indexHtml([{ kind: '<i>', run: '"><script>', verdict: 'valid', anomalies: ['<b>'] }]);
    assert.ok(!html.includes('<i>') && !html.includes('"><script>') && !html.includes('<b>'));
  });
});
