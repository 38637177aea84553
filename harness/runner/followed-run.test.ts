import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { FaultEvent } from '../../checkers/history/fault.ts';
import { osClock } from '../../cluster/runtime/os/os-clock.ts';
import { runFiles } from '../record/results-folder.ts';
import type { RunPlan } from '../record/run-plan.ts';
import { progressPath, type RunProgress } from '../record/run-progress.ts';
import { FollowedRun } from './followed-run.ts';
import type { Progress } from './run-listener.ts';
import { silentListener } from './silent-listener.ts';

const plan = { workload: 'log', seed: 7 } as RunPlan;

const progress = (elapsedS: number): Progress => ({
  ...{ elapsedS, limitS: 60, activeFaults: [], master: undefined, masterEpoch: undefined },
  counts: { invoked: 30, ok: 20, fail: 1, info: 2, sendOk: 9 },
  ...{ syncStateSet: ['n1'], controllerLeader: 'c2' },
});

const fault = (phase: FaultEvent['phase']): FaultEvent => ({
  ...{ time: 1, fault: 'kill-1', phase, nemesis: 'kill', variant: 'master', targets: ['n1'] },
});

describe('a run that can be followed', () => {
  let folder = '';
  let nowMs = 0;
  let run: FollowedRun;
  const kept = () => JSON.parse(readFileSync(progressPath(folder), 'utf8')) as RunProgress;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'followed-run-'));
    nowMs = 0;
    const clock = { ...osClock, wallMs: () => 1000 + nowMs, monotonicMs: () => nowMs };
    run = new FollowedRun(silentListener, clock);
    run.planned(plan, runFiles(folder));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('tells its plan at once, then each phase with the time at which it began', () => {
    assert.deepEqual([kept().plan, kept().phase, kept().pid], [plan, '', process.pid]);
    nowMs = 40;
    run.phase('load', '');
    nowMs = 90;
    run.phase('healing', '');
    assert.deepEqual(
      [kept().phase, kept().phaseStartWallMs, kept().loadStartWallMs],
      ['healing', 1090, 1040],
    );
  });

  it('tells its progress at most every half second, however often it hears of it', () => {
    run.phase('load', '');
    nowMs = 499;
    run.progress(progress(0.499));
    assert.equal(kept().load, null);
    nowMs = 500;
    run.progress(progress(0.5));
    assert.deepEqual(
      [kept().load?.elapsedS, kept().load?.counts.sendOk, kept().load?.master],
      [0.5, 9, null],
    );
    assert.equal(run.progressEveryMs, 500);
  });

  it('tells which faults are at work', () => {
    run.fault(fault('inject'));
    run.fault(fault('bit'));
    assert.deepEqual(kept().activeFaults, ['kill-1 master']);
    run.fault(fault('healed'));
    assert.deepEqual(kept().activeFaults, []);
  });

  it('leaves nothing behind once it was judged, and why it broke where it was not', () => {
    run.broke(new Error('no route to n2'));
    assert.equal(kept().broke, 'no route to n2');
    run.judged();
    assert.equal(existsSync(progressPath(folder)), false);
    run.phase('late', '');
    assert.equal(existsSync(progressPath(folder)), false);
  });
});
