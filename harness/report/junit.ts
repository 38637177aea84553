/** JUnit's XML, one case per checker: what CI systems read. */
import type { CheckResult } from '../../checkers/anomaly.ts';

/** `unknown` is an error, not a failure: it says nothing about the system under test. */
export function junitXml(suite: string, seconds: number, results: readonly CheckResult[]): string {
  const count = (verdict: CheckResult['verdict']) =>
    results.filter((result) => result.verdict === verdict).length;
  const cases = results.map((result) => {
    const open = `  <testcase classname="${escapeXml(suite)}" name="${escapeXml(result.checker)}"`;
    if (result.verdict === 'valid') return `${open}/>`;
    const element = result.verdict === 'invalid' ? 'failure' : 'error';
    const details = result.anomalies.map((anomaly) => `${anomaly.name}: ${anomaly.detail}`).join('\n');
    const message = escapeXml(result.evidence);
    return `${open}>\n    <${element} message="${message}">${escapeXml(details)}</${element}>\n  </testcase>`;
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="${escapeXml(suite)}" tests="${results.length}" failures="${count('invalid')}" errors="${count('unknown')}" time="${seconds.toFixed(3)}">`,
    ...cases,
    '</testsuite>',
    '',
  ].join('\n');
}

/** XML 1.0 has no place for most control characters, lone surrogates and U+FFFE and U+FFFF, not even escaped: a question mark stands for each. */
export function escapeXml(text: string): string {
  const printable = text.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '?');
  return printable.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}
