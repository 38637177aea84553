import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { findToxiproxy } from './find-toxiproxy.ts';

describe('the search for a real Toxiproxy', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'find-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function executable(...path: string[]): string {
    const file = join(folder, ...path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, '');
    chmodSync(file, 0o755);
    return file;
  }

  it('takes the one that TOXIPROXY_BIN names', () => {
    const path = executable('mine');
    assert.deepEqual(findToxiproxy({ TOXIPROXY_BIN: path }, folder), {
      kind: 'found',
      path,
      from: 'TOXIPROXY_BIN',
    });
  });

  it('says so when TOXIPROXY_BIN names nothing, and looks no further', () => {
    executable('.build', 'toxiproxy', 'toxiproxy-server');
    const found = findToxiproxy({ TOXIPROXY_BIN: '/none' }, folder);
    assert.match(found.kind === 'missing' ? found.reason : '', /TOXIPROXY_BIN names \/none/);
  });

  it('prefers the PATH to a build of our own', () => {
    const own = executable('.build', 'toxiproxy', 'toxiproxy-server');
    assert.deepEqual(findToxiproxy({ PATH: '' }, folder), {
      kind: 'found',
      path: own,
      from: 'build-toxiproxy.sh',
    });
    const path = executable('bin', 'toxiproxy-server');
    assert.deepEqual(findToxiproxy({ PATH: join(folder, 'bin') }, folder), {
      kind: 'found',
      path,
      from: 'PATH',
    });
  });

  it('says what to do when there is none', () => {
    const found = findToxiproxy({}, folder);
    assert.match(found.kind === 'missing' ? found.reason : '', /build-toxiproxy\.sh/);
  });
});
