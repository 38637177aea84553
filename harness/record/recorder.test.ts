import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { Operation } from '../../checkers/history/operation.ts';
import { SimWorld } from '../deployment/sim/sim-world.ts';
import { HistoryFile } from './history-sink.ts';
import { jsonLines } from './json-lines.ts';
import { Recorder, RunClock } from './recorder.ts';

describe('the recorder', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'recorder-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function start(path = join(folder, 'history.jsonl')) {
    const world = new SimWorld(1);
    const { clock } = world.host('w1').start();
    return { world, path, recorder: new Recorder(new HistoryFile(path), new RunClock(clock)) };
  }

  it('writes one line per event, with index and nanoseconds since the start of the run', async () => {
    const { world, path, recorder } = start();
    const value = { queue: 't/0', message: 'a' };
    recorder.invoke(3, { f: 'send', value });
    await world.runFor(5);
    recorder.invoke(4, { f: 'max-offset', value: { queue: 't/0' } });
    recorder.complete(3, 'ok', { f: 'send', value: { ...value, offset: 7 }, node: 'n1' });
    recorder.complete(4, 'fail', { f: 'max-offset', value: { queue: 't/0' }, error: 'no answer' });
    await recorder.close();
    assert.deepEqual(
      [...jsonLines<Operation>(path)],
      [
        { index: 0, time: 0, process: 3, type: 'invoke', f: 'send', value },
        { index: 1, time: 5e6, process: 4, type: 'invoke', f: 'max-offset', value: { queue: 't/0' } },
        {
          index: 2,
          time: 5e6,
          process: 3,
          type: 'ok',
          f: 'send',
          value: { ...value, offset: 7 },
          node: 'n1',
        },
        {
          index: 3,
          time: 5e6,
          process: 4,
          type: 'fail',
          f: 'max-offset',
          value: { queue: 't/0' },
          error: 'no answer',
        },
      ],
    );
    assert.deepEqual(recorder.counts, { invoked: 2, ok: 1, fail: 1, info: 0, sendOk: 1 });
  });

  it('lets a process do one thing at a time', async () => {
    const { recorder } = start();
    const body = { f: 'max-offset', value: { queue: 't/0' } } as const;
    recorder.invoke(1, body);
    assert.throws(() => recorder.invoke(1, body), /process 1 is still waiting for an answer/);
    recorder.complete(1, 'info', body);
    assert.throws(() => recorder.complete(1, 'ok', body), /process 1 has asked for nothing/);
    await recorder.close();
  });

  it('says at the end when the file could not be written', async () => {
    const { recorder } = start(join(folder, 'missing', 'history.jsonl'));
    recorder.invoke(1, { f: 'max-offset', value: { queue: 't/0' } });
    await assert.rejects(recorder.close(), /ENOENT/);
  });
});
