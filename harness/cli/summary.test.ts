import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { CheckResult } from '../../checkers/anomaly.ts';
import { runFiles } from '../record/results-folder.ts';
import type { RunRecord } from '../record/run-record.ts';
import { syntheticRun } from '../report/testing/synthetic-run.ts';
import { evidenceOf } from '../runner/evidence.ts';
import { judgeEvidence } from '../runner/judge.ts';
import { printSummary } from './summary.ts';
import { Terminal } from './terminal.ts';

const logs = ['n1', 'n2', 'n3', 'c1', 'c2', 'c3'].map((node) => ({ node, lines: [] }));

function summaryOf(
  options: { seconds: number; rate: number; loses: boolean },
  changed: Partial<RunRecord> = {},
) {
  const run = syntheticRun({ seed: 4, ...options });
  const record = { ...run.record, ...changed };
  const evidence = evidenceOf(run);
  const results: readonly CheckResult[] = judgeEvidence(record, evidence, logs);
  const verdicts = results.map(({ verdict }) => verdict);
  const verdict = verdicts.includes('invalid')
    ? 'invalid'
    : verdicts.includes('unknown')
      ? 'unknown'
      : 'valid';
  let written = '';
  const screen = { write: (text: string) => (written += text) };
  const judgement = { verdict, results, record, took: 0.5, evidence } as const;
  printSummary(new Terminal(screen, screen, {}), runFiles(`${process.cwd()}/results/log/x`), judgement);
  return written.split('\n');
}

describe('the summary', () => {
  it('has what failed first, and the way to it last', () => {
    const lines = summaryOf({ seconds: 36, rate: 300, loses: true });
    assert.match(lines[1] ?? '', /^log\/linearizable +INVALID {2}/);
    assert.match(lines[2] ?? '', /^log\/lost +INVALID {2}3 lost-ack-write: /);
    assert.match(
      lines[3] ?? '',
      /^availability\/objectives +INVALID {2}1 recovery-point: the failover to epoch 3/,
    );
    assert.match(lines[4] ?? '', /^stats +valid/);
    const text = lines.join('\n');
    assert.match(text, /\nfaults felt {2}partition 2 · kill 1\n/);
    assert.match(
      text,
      /\nbug {10}ack-before-replication: found as lost-ack-write \(expected lost-ack-write\)\n/,
    );
    assert.match(text, /\nreport {7}results\/log\/x\/report\.html#checker=log\/linearizable\n/);
    assert.match(text, /\nreplay {7}npm run jepsen -- --nemesis partition,kill .*--seed 4\n/);
    assert.equal(lines.at(-2), 'verdict      INVALID');
  });

  it('is short where all went well', () => {
    const lines = summaryOf({ seconds: 22, rate: 300, loses: false });
    assert.ok(!lines.some((line) => line.startsWith('replay') || line.startsWith('advice')));
    assert.equal(lines.at(-2), 'verdict      valid');
  });

  it('says what would have made a verdict of too small a run, by its own options', () => {
    const text = summaryOf({ seconds: 4, rate: 100, loses: false }).join('\n');
    assert.match(text, /\nstats .*unknown +too little was tried: sends acknowledged: \d+, wanted 1000;/);
    assert.match(text, /\nadvice {7}raise --time-limit \(now 4 s\) or --rate \(now 100\/s\)\n/);
    assert.match(text, /verdict {6}unknown\n$/);
  });

  it('says that a run was stopped by hand', () => {
    const text = summaryOf({ seconds: 22, rate: 300, loses: false }, { interrupted: 'stopped by hand' }).join(
      '\n',
    );
    assert.match(text, /\ninterrupted {2}stopped by hand: what was seen is judged, but it cannot be valid\n/);
  });
});
