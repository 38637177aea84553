import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { Clock } from '../../cluster/runtime/clock.ts';
import { osClock } from '../../cluster/runtime/os/os-clock.ts';
import type { CollectionProgress, CountedVerdict } from '../record/collection-progress.ts';
import { progressPath } from '../record/run-progress.ts';
import { FollowedCollection } from './followed-collection.ts';

const run = (seed: number, verdict: CountedVerdict) => ({
  ...{ name: `seed ${seed}`, verdict, why: verdict === 'valid' ? '' : 'a gap', folder: null },
  ...{ anomalies: [], command: `--seed ${seed}`, ok: 10, acknowledged: 4 },
});

describe('a campaign that can be followed', () => {
  let results = '';
  let folder = '';
  let nowMs = 0;
  let timers: { readonly dueMs: number; readonly fire: () => void }[] = [];
  let followed: FollowedCollection;
  const clock: Clock = {
    ...osClock,
    wallMs: () => 1000 + nowMs,
    monotonicMs: () => nowMs,
    after: (delayMs, fire) => {
      const timer = { dueMs: nowMs + delayMs, fire };
      timers.push(timer);
      return {
        cancel: () => {
          timers = timers.filter((one) => one !== timer);
        },
      };
    },
  };
  const pass = (ms: number) => {
    const endMs = nowMs + ms;
    for (let timer = timers[0]; timer !== undefined && timer.dueMs <= endMs; timer = timers[0]) {
      timers.shift();
      nowMs = timer.dueMs;
      timer.fire();
    }
    nowMs = endMs;
  };
  const kept = () => JSON.parse(readFileSync(progressPath(folder), 'utf8')) as CollectionProgress;

  beforeEach(() => {
    results = mkdtempSync(join(tmpdir(), 'followed-collection-'));
    folder = join(results, 'sim-swarm', 'a-campaign');
    nowMs = 0;
    timers = [];
    followed = new FollowedCollection(folder, clock, {
      ...{ collection: 'campaign', world: 'sim', command: 'npm run jepsen', firstSeed: 7, workers: 2 },
      ...{ startWallMs: 1000, wanted: 5 },
    });
  });
  afterEach(() => rmSync(results, { recursive: true, force: true }));

  it('tells what it is at once, in a folder that it makes', () => {
    const { done, firstSeed, pid, wanted } = kept();
    assert.deepEqual([done, wanted, firstSeed, pid], [0, 5, 7, process.pid]);
  });

  it('tells within a second what ended: how many, their verdicts in order, and those that are not valid', () => {
    followed.ended(run(7, 'valid'), 4);
    followed.ended(run(9, 'invalid'), 3);
    followed.ended(run(8, 'broke'), 1);
    assert.equal(kept().done, 0);
    pass(1000);
    const { acknowledged, done, lately, notValid, ok, updatedWallMs, verdicts, wanted } = kept();
    assert.deepEqual([done, wanted, lately, ok, acknowledged], [3, 4, 'vib', 30, 12]);
    assert.deepEqual(verdicts, { valid: 1, invalid: 1, unknown: 0, broke: 1 });
    assert.deepEqual(
      notValid.map(({ name }) => name),
      ['seed 9', 'seed 8'],
    );
    assert.equal(updatedWallMs, 2000);
  });

  it('writes nothing while nothing comes, but a sign of life each minute', () => {
    pass(59_000);
    assert.equal(kept().updatedWallMs, 1000);
    pass(1000);
    assert.equal(kept().updatedWallMs, 61_000);
  });

  it('keeps the first fifty that are not valid, and the verdicts of the last four hundred', () => {
    for (let seed = 0; seed < 500; seed += 1) followed.ended(run(seed, 'invalid'), 0);
    pass(1000);
    const { lately, notValid, verdicts } = kept();
    assert.deepEqual([notValid.length, notValid.at(-1)?.name, lately.length], [50, 'seed 49', 400]);
    assert.equal(verdicts.invalid, 500);
  });

  it('is gone when its record stands, and stays with the reason where none came', () => {
    followed.broke(new Error('no threads'));
    assert.equal(kept().broke, 'no threads');
    assert.throws(() => followed.recorded(() => assert.fail('the disk is full')), /the disk is full/);
    assert.equal(kept().broke, 'no threads');
    assert.equal(
      followed.recorded(() => 'written'),
      'written',
    );
    assert.ok(!existsSync(progressPath(folder)));
    pass(120_000);
    assert.ok(!existsSync(progressPath(folder)));
  });
});
