import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { parseLie } from '../../cluster/runtime/os/lying-clock.ts';
import { clockEnvironment, clockMeans, clockMeansText, findFaketime } from './clock-means.ts';
import { clockLine, NodeClock } from './node-clock.ts';

describe('the file that moves a node’s clock', () => {
  let folder = '';
  let nowMs = 0;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'node-clock-'));
    nowMs = 1000;
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function opened() {
    const file = join(folder, 'clock');
    const clock = new NodeClock(file, () => nowMs);
    return { clock, text: () => readFileSync(file, 'utf8') };
  }

  it('says that all is right until it is told otherwise', () => {
    assert.equal(opened().text(), '+0.000000 x1.000000\n');
  });

  it('jumps to both sides, as far as Jepsen’s', () => {
    const { clock, text } = opened();
    clock.set({ offsetMs: 262_143.5 });
    assert.equal(text(), '+262.143500 x1.000000\n');
    clock.set({ offsetMs: -262_143.5 });
    assert.equal(text(), '-262.143500 x1.000000\n');
    clock.set({ offsetMs: 0, driftPpm: 0 });
    assert.equal(text(), '+0.000000 x1.000000\n');
  });

  it('drifts from where the clock stands, though rates count from the start of the life', () => {
    const { clock, text } = opened();
    clock.lifeBegins();
    nowMs = 11_000;
    clock.set({ driftPpm: 50_000 });
    // 10 s of 5 % are taken off: no jump when the drift begins.
    assert.equal(text(), '-0.500000 x1.050000\n');
    nowMs = 13_000;
    clock.set({ driftPpm: 0 });
    assert.equal(text(), '+0.100000 x1.000000\n');
  });

  it('drifts on through a life that ends and one that begins', () => {
    const { clock, text } = opened();
    clock.lifeBegins();
    clock.set({ driftPpm: -10_000 });
    nowMs = 21_000;
    clock.lifeBegins();
    assert.equal(text(), '-0.200000 x0.990000\n');
  });

  it('is understood by the node itself, too', () => {
    assert.deepEqual(parseLie(clockLine(-128.25, 30_000)), { offsetMs: -128.25, rate: 1.03 });
  });
});

describe('the means to move clocks', () => {
  it('is libfaketime where it is found, else the node itself, and says so', () => {
    const found = clockMeans(findFaketime((path) => path.startsWith('/usr/lib64/')));
    assert.equal(clockMeansText(found), 'libfaketime (/usr/lib64/faketime/libfaketime.so.1)');
    assert.equal(clockEnvironment(found, '/f')['FAKETIME_TIMESTAMP_FILE'], '/f');
    const own = { kind: 'own', reason: 'no libfaketime was found' } as const;
    assert.equal(
      findFaketime(() => false),
      undefined,
    );
    assert.equal(clockMeansText(own), 'the nodes’ own offset, since no libfaketime was found');
    assert.deepEqual(clockEnvironment(own, '/f'), {
      ROCKETMQ_TELL_CLOCK_MS: '100',
      ROCKETMQ_CLOCK_FILE: '/f',
    });
  });
});
