import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { CheckResult } from '../../checkers/anomaly.ts';
import { escapeXml, junitXml } from './junit.ts';

const result = (fields: Partial<CheckResult>): CheckResult => ({
  checker: 'log/lost',
  verdict: 'valid',
  evidence: 'all were read',
  anomalies: [],
  anomalyCounts: {},
  ...fields,
});

describe('JUnit XML', () => {
  it('has a case for each checker, a failure for invalid, an error for unknown', () => {
    const xml = junitXml('log-kill', 62.5, [
      result({}),
      result({ checker: 'stats', verdict: 'unknown', evidence: 'too little was tried' }),
      result({
        checker: 'availability',
        verdict: 'invalid',
        evidence: '1 unavailable',
        anomalies: [{ name: 'unavailable', detail: 'no send was acknowledged', operations: [] }],
      }),
    ]);
    assert.equal(
      xml,
      `<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="log-kill" tests="3" failures="1" errors="1" time="62.500">
  <testcase classname="log-kill" name="log/lost"/>
  <testcase classname="log-kill" name="stats">
    <error message="too little was tried"></error>
  </testcase>
  <testcase classname="log-kill" name="availability">
    <failure message="1 unavailable">unavailable: no send was acknowledged</failure>
  </testcase>
</testsuite>
`,
    );
  });

  it('escapes what has a meaning in XML, wherever it stands', () => {
    const xml = junitXml('a"<b>&', 1, [
      result({ checker: '<x>', verdict: 'invalid', evidence: '"]]> & <y>' }),
    ]);
    assert.match(xml, /name="a&quot;&lt;b&gt;&amp;"/);
    assert.match(xml, /name="&lt;x&gt;"/);
    assert.match(xml, /message="&quot;\]\]&gt; &amp; &lt;y&gt;"/);
  });

  it('keeps letters of all languages, and none that XML does not know', () => {
    assert.equal(escapeXml('grün 消息 😀\t\n'), 'grün 消息 😀\t\n');
    assert.equal(escapeXml('a\u0000b\u001bc\ufffed\uffff'), 'a?b?c?d?');
    assert.equal(escapeXml('x\ud800y'), 'x?y');
  });
});
