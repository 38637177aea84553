/** An image of one file stands for Shopify's: what matters is that the file comes out of it whole. Skipped where no engine answers. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { Engine, EngineError } from './engine.ts';
import type { ImageFile } from './image-files.ts';
import { tarOf } from './image-tar.ts';
import { ofRun, runLabels } from './labels.ts';
import { toxiproxyOfImage } from './toxiproxy-image.ts';

const engine = new Engine();
const silence = process.platform === 'win32' ? 'not tried on Windows' : await engine.silence(2000);
const runId = `${process.pid}-toxiproxy-image`;
const labels = runLabels(runId);
const tagOf = (name: string) => `rocketmq-jepsen-test-toxiproxy:${name}-${process.pid}`;
/** More than streams keep in memory between two of them. */
const program = 'a program\n'.repeat(200_000);

async function make(name: string, recipe: string, path: string): Promise<string> {
  const file = (where: string, text: string): ImageFile => ({ path: where, isProgram: true, from: { text } });
  const context = tarOf([
    file('/Dockerfile', `FROM scratch\nCOPY root/ /\n${recipe}\n`),
    file(`/root${path}`, program),
  ]);
  await engine.buildImage(context, tagOf(name), labels);
  return tagOf(name);
}

describe(`a Toxiproxy server out of an image${silence === undefined ? '' : ` (skipped: ${silence})`}`, () => {
  let folder = '';
  const taken = (name: string, log: string[] = []) =>
    toxiproxyOfImage(name, { engine, labels, folder, log: (line) => log.push(line) });

  before(async function () {
    if (silence !== undefined) this.skip();
    folder = mkdtempSync(join(tmpdir(), 'toxiproxy-image-'));
    await make('whole', 'ENTRYPOINT ["/toxiproxy"]\nCMD ["-host=0.0.0.0"]', '/toxiproxy');
    await make('wrong', 'ENTRYPOINT ["/elsewhere"]', '/toxiproxy');
    await make('folder', 'ENTRYPOINT ["/srv"]', '/srv/toxiproxy');
  });

  after(async () => {
    if (folder === '') return;
    for (const name of ['whole', 'wrong', 'folder'])
      await engine.removeImage(tagOf(name)).catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  });

  it('is the program that the image starts, whole, and the same one the next time', async () => {
    const path = await taken(tagOf('whole'));
    assert.equal(readFileSync(path, 'utf8'), program);
    assert.equal(statSync(path).mode & 0o777, 0o755);
    const { mtimeMs } = statSync(path);
    assert.equal(await taken(tagOf('whole')), path);
    assert.equal(statSync(path).mtimeMs, mtimeMs);
  });

  it('leaves no container behind', async () => {
    assert.deepEqual(await engine.containers(ofRun(runId)), []);
  });

  it('is missed, with what came instead and what to do', async () => {
    const todo = /docker pull, docker load or docker import; or take --toxiproxy binary=PATH/;
    const wrongs: readonly (readonly [string, RegExp])[] = [
      [
        tagOf('wrong'),
        /wanted an image that holds .*; the program that it starts, \/elsewhere, is not in it/,
      ],
      [tagOf('folder'), /its \/srv is no file/],
    ];
    for (const [name, what] of wrongs) {
      await assert.rejects(taken(name), (error: Error) => {
        assert.match(error.message, what);
        assert.match(error.message, todo);
        return true;
      });
    }
  });

  it('is not waited for where its image comes from nowhere', async () => {
    const log: string[] = [];
    // A registry at a port of this machine where nobody listens.
    const name = '127.0.0.1:1/none/toxiproxy:1';
    await assert.rejects(taken(name, log), /this container engine has no such image, and .* did not pull/);
    assert.deepEqual(log, [`pulling ${name}, which this container engine does not have`]);
  });

  it('is not read longer than patience lasts', async () => {
    const what = { path: '/toxiproxy', labels, patienceMs: 300 };
    const never = () => new Promise<never>(() => undefined);
    await assert.rejects(engine.fileOfImage(tagOf('whole'), what, never), (error: unknown) => {
      assert.ok(error instanceof EngineError);
      assert.match(error.message, /did not read \/toxiproxy of .*: it took longer than 0.3 s/);
      return true;
    });
    assert.deepEqual(await engine.containers(ofRun(runId)), []);
  });
});
