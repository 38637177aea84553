import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { CheckResult } from '../../checkers/anomaly.ts';
import { makeRunFolder, type RunFiles } from '../record/results-folder.ts';
import { readRunRecord, writeRunRecord } from '../record/run-record.ts';
import { type SyntheticRun, syntheticRun, writeSyntheticRun } from '../report/testing/synthetic-run.ts';
import { judge } from './judge.ts';

describe('the judgement of a saved run', () => {
  let folder = '';
  let sound: SyntheticRun;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'judge-'));
    sound = syntheticRun({ seed: 3, seconds: 22, rate: 300, loses: false });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function saved(run = sound): RunFiles {
    const files = makeRunFolder(folder, 'log-some', 0, run.record.plan.seed);
    writeSyntheticRun(files, run);
    return files;
  }

  const verdictsOf = (results: readonly CheckResult[], verdict: CheckResult['verdict']) =>
    results.filter((result) => result.verdict === verdict).map(({ checker }) => checker);

  it('is valid for a run that was sound, by all judges', () => {
    const { verdict, results } = judge(saved(), () => 0);
    assert.deepEqual(
      results.filter((result) => result.verdict !== 'valid'),
      [],
    );
    assert.equal(verdict, 'valid');
    assert.deepEqual(
      results.map(({ checker }) => checker),
      [
        'stats',
        'log/linearizable',
        'log/lost',
        'log/replicas',
        'replication/epochs',
        'replication/log-agreement',
        'controller/epoch-owners',
        'controller/replica-state',
        'replication/copies',
        'replication/links',
        'controller/longest-log',
        'controller/routes',
        'availability',
        'availability/single-faults',
        'availability/objectives',
        'availability/windows',
        'recovery',
        'invariants',
        'crashes',
      ],
    );
  });

  it('is invalid for a run that lost acknowledged messages, and names them', () => {
    const run = syntheticRun({ seed: 3, seconds: 36, rate: 300, loses: true });
    const { verdict, results } = judge(saved(run), () => 0);
    assert.equal(verdict, 'invalid');
    assert.deepEqual(verdictsOf(results, 'invalid'), [
      'log/linearizable',
      'log/lost',
      'availability/objectives',
    ]);
    const lost = results.find(({ checker }) => checker === 'log/lost');
    assert.deepEqual(lost?.anomalyCounts, { 'lost-ack-write': 3 });
    assert.equal(lost?.anomalies[0]?.messages?.length, 1);
  });

  it('is unknown, never valid, for a run that was stopped by hand', () => {
    const files = saved();
    writeRunRecord(files, { ...readRunRecord(files), interrupted: 'stopped by hand' });
    const { verdict, results } = judge(files, () => 0);
    assert.equal(verdict, 'unknown');
    assert.deepEqual(verdictsOf(results, 'unknown'), ['recovery']);
  });

  it('is invalid for a run whose replicas did not come back', () => {
    const files = saved();
    writeRunRecord(files, {
      ...readRunRecord(files),
      notRecovered: {
        wanted: 'serving',
        what: 'recovery: not within 30 s; no broker is master',
        atNs: 40e9,
        nodes: ['n1', 'c1'],
      },
    });
    const { results } = judge(files, () => 0);
    assert.deepEqual(verdictsOf(results, 'invalid'), ['recovery']);
    assert.match(
      results.find(({ checker }) => checker === 'recovery')?.evidence ?? '',
      /stuck.*no broker is master/,
    );
  });

  it('knows nothing of the log when the history contradicts itself, and judges all the rest', () => {
    const files = saved();
    const line = {
      index: 999_999,
      time: 1e12,
      process: 1,
      type: 'ok',
      f: 'max-offset',
      value: { queue: 't/0', offset: 1 },
    };
    appendFileSync(files.history, `${JSON.stringify(line)}\n`);
    const { results } = judge(files, () => 0);
    assert.deepEqual(verdictsOf(results, 'unknown'), [
      'log/linearizable',
      'log/lost',
      'log/replicas',
      'availability/objectives',
    ]);
    assert.match(
      results[1]?.evidence ?? '',
      /the checker broke: HistoryError: operation 999999: process 1 completes what it never invoked/,
    );
  });

  it('judges a history whose last line is torn', () => {
    const files = saved();
    appendFileSync(files.history, '{"index":999999,"time":1');
    assert.equal(judge(files, () => 0).verdict, 'valid');
  });

  it('names the line of a history that cannot be read', () => {
    const files = saved();
    appendFileSync(files.history, 'what?\n');
    assert.throws(() => judge(files, () => 0), /history\.jsonl:\d+: wanted one JSON value, got "what\?"/);
  });

  const emptied: readonly (readonly [keyof RunFiles, readonly string[]])[] = [
    ['history', ['stats', 'log/linearizable', 'log/lost', 'log/replicas']],
    ['faults', ['stats']],
    ['trace', ['controller/epoch-owners', 'controller/replica-state', 'replication/copies']],
  ];
  for (const [file, unknown] of emptied) {
    it(`is not valid without a ${file}`, () => {
      const files = saved();
      writeFileSync(files[file], '');
      const { verdict, results } = judge(files, () => 0);
      assert.notEqual(verdict, 'valid');
      assert.deepEqual(verdictsOf(results, 'unknown'), unknown);
    });
  }

  it('is not valid without the replicas, nor without the logs of the nodes', () => {
    const files = saved();
    writeFileSync(join(files.folder, 'replicas.jsonl'), '');
    rmSync(join(files.nodes, 'c2'), { recursive: true });
    assert.deepEqual(verdictsOf(judge(files, () => 0).results, 'unknown'), [
      'replication/epochs',
      'replication/log-agreement',
      'crashes',
    ]);
  });

  it('finds the crash in the last words of a node', () => {
    const files = saved();
    appendFileSync(join(files.nodes, 'n2', 'node.log'), 'FATAL ERROR: heap out of memory');
    assert.deepEqual(verdictsOf(judge(files, () => 0).results, 'invalid'), ['crashes']);
  });

  it('refuses a folder that holds no run, and a run of another version', () => {
    const files = saved();
    writeRunRecord(files, { ...readRunRecord(files), version: 99 });
    assert.throws(() => judge(files, () => 0), /run\.json: wanted version 2, got 99/);
    rmSync(files.run);
    assert.throws(() => judge(files, () => 0), /is not the folder of a run .*ENOENT/);
  });
});
