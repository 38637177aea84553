import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { makeRunFolder, pointLatest, ResultsFolderError, runFiles } from './results-folder.ts';

const startMs = Date.UTC(2026, 10, 21, 19, 44, 5);
const nobody = 65534;

describe('the folder of a run', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'results-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('is named after kind, time and seed', () => {
    const files = makeRunFolder(join(folder, 'a'), 'log-kill', startMs, 7);
    assert.equal(files.folder, join(folder, 'a', 'log-kill', '2026-11-21T19.44.05Z-7'));
    assert.ok(statSync(files.nodes).isDirectory());
  });

  it('is a new one for a second run of the same second and seed', () => {
    const first = makeRunFolder(join(folder, 'b'), 'log-kill', startMs, 7);
    const second = makeRunFolder(join(folder, 'b'), 'log-kill', startMs, 7);
    assert.equal(second.folder, `${first.folder}-1`);
  });

  const refuses = (results: string, reason: RegExp) =>
    assert.throws(
      () => makeRunFolder(results, 'log-kill', startMs, 7),
      (error) =>
        error instanceof ResultsFolderError &&
        error.exitCode === 254 &&
        reason.test(error.message) &&
        error.message.startsWith('--results: cannot make ') &&
        error.message.endsWith('choose a folder that can be written with --results FOLDER'),
    );

  it('is refused where a file stands in its way', () => {
    const path = join(folder, 'file');
    writeFileSync(path, '');
    refuses(path, /ENOTDIR|EEXIST/);
  });

  it('is refused where nobody may write', () => {
    const locked = join(folder, 'locked');
    mkdirSync(locked);
    chmodSync(locked, 0o555);
    chmodSync(folder, 0o755);
    // Root may write everywhere, so it is somebody else for a moment.
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(nobody);
    try {
      refuses(join(locked, 'results'), /EACCES/);
      refuses(locked, /EACCES/);
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  it('is where `latest` points, until the next run', () => {
    const results = join(folder, 'c');
    const first = makeRunFolder(results, 'log-kill', startMs, 7);
    pointLatest(results, first.folder);
    const second = makeRunFolder(results, 'log-pause', startMs, 8);
    pointLatest(results, second.folder);
    assert.equal(readlinkSync(join(results, 'latest')), 'log-pause/2026-11-21T19.44.05Z-8');
    assert.ok(existsSync(runFiles(join(results, 'latest')).nodes));
  });

  it('goes without `latest` where something of that name stands', () => {
    const results = join(folder, 'd');
    mkdirSync(join(results, 'latest', 'mine'), { recursive: true });
    pointLatest(results, makeRunFolder(results, 'log-kill', startMs, 7).folder);
    assert.ok(existsSync(join(results, 'latest', 'mine')));
  });
});
