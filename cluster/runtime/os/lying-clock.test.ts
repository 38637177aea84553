import { equal } from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { lyingClock } from './lying-clock.ts';
import { osClock } from './os-clock.ts';

describe('a wall clock that a file moves', () => {
  let folder = '';
  let nowMs = 0;
  const right = { ...osClock, wallMs: () => 1_000_000 + nowMs, monotonicMs: () => nowMs };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lying-clock-'));
    nowMs = 100;
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function opened(text: string) {
    const file = join(folder, 'clock');
    const tell = (line: string) => writeFileSync(file, line);
    tell(text);
    return { clock: lyingClock(right, file), tell };
  }

  it('is so many seconds off, to either side, and right again', () => {
    const { clock, tell } = opened('+262.144000 x1.000000\n');
    equal(clock.wallMs(), 1_000_100 + 262_144);
    tell('-0.128000 x1.000000\n');
    nowMs += 5;
    equal(clock.wallMs(), 1_000_105 - 128);
    tell('+0.000000 x1.000000\n');
    nowMs += 5;
    equal(clock.wallMs(), 1_000_110);
  });

  it('goes at its own rate since the start of the process, and only the wall clock does', () => {
    const { clock } = opened('-0.005000 x1.05\n');
    equal(clock.wallMs(), 1_000_100);
    nowMs += 1000;
    equal(clock.wallMs(), 1_001_100 + 50);
    equal(clock.monotonicMs(), 1100);
  });

  it('keeps to what it knew when the file says nothing it can read', () => {
    const { clock, tell } = opened('+1\n');
    equal(clock.wallMs(), 1_001_100);
    tell('tomorrow');
    nowMs += 5;
    equal(clock.wallMs(), 1_001_105);
  });
});
