import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { FaultEvent } from '../../checkers/history/fault.ts';
import type { Progress } from '../runner/run-listener.ts';
import { Terminal } from './terminal.ts';
import { TerminalListener } from './terminal-listener.ts';

function screens(environment: Record<string, string> = {}, isTTY = false) {
  const written = { error: '', output: '' };
  const error = { isTTY, columns: 20, write: (text: string) => (written.error += text) };
  const output = { isTTY, write: (text: string) => (written.output += text) };
  return { written, terminal: new Terminal(error, output, environment) };
}

describe('the terminal', () => {
  it('keeps progress apart from results', () => {
    const { written, terminal } = screens();
    terminal.line('progress');
    terminal.output('{}\n');
    assert.deepEqual(written, { error: 'progress\n', output: '{}\n' });
  });

  it('redraws one line at the bottom, cut to the width, and takes it away before the next', () => {
    const { written, terminal } = screens({}, true);
    terminal.live('a line that is longer than the screen');
    terminal.line('next');
    assert.equal(written.error, '\r\u001b[2Ka line that is long\r\u001b[2Knext\n');
  });

  it('never moves the cursor where nobody looks', () => {
    for (const [environment, isTTY] of [
      [{}, false],
      [{ CI: 'true' }, true],
      [{ TERM: 'dumb' }, true],
    ] as const) {
      const { written, terminal } = screens(environment, isTTY);
      terminal.live('live');
      assert.equal(written.error, '');
    }
  });

  it('has colours as NO_COLOR, FORCE_COLOR and the screen say', () => {
    const isColoured = (environment: Record<string, string>, isTTY: boolean) =>
      screens(environment, isTTY).terminal.style('red', 'x') !== 'x';
    assert.equal(isColoured({}, true), true);
    assert.equal(isColoured({}, false), false);
    assert.equal(isColoured({ NO_COLOR: '1' }, true), false);
    assert.equal(isColoured({ NO_COLOR: '' }, true), true);
    assert.equal(isColoured({ FORCE_COLOR: '1' }, false), true);
    assert.equal(isColoured({ FORCE_COLOR: '0' }, true), false);
  });
});

const progress = (elapsedS: number): Progress => ({
  elapsedS,
  limitS: 60,
  counts: { invoked: 30, ok: 20, fail: 1, info: 2, sendOk: 9 },
  activeFaults: ['kill-1 master'],
  master: 'n2',
  masterEpoch: 3,
  syncStateSet: ['n1', 'n2'],
  controllerLeader: 'c1',
});

const fault: FaultEvent = {
  time: 1.5e9,
  fault: 'kill-1',
  phase: 'failed',
  nemesis: 'kill',
  variant: 'master',
  targets: ['n1'],
  proof: { reason: 'no proof that it bit' },
};

describe('the listener of a run', () => {
  it('writes plain lines now and then where nobody looks', () => {
    const { written, terminal } = screens();
    const listener = new TerminalListener(terminal, false);
    for (const elapsedS of [0.1, 5, 10, 10.1, 19.9, 20]) listener.progress(progress(elapsedS));
    const lines = written.error.trim().split('\n');
    assert.equal(lines.length, 2);
    assert.equal(lines[0], '10.0/60 s · 2 ok/s · ok 20 info 2 fail 1 · master n2 epoch 3 · kill-1 master');
  });

  it('tells of faults, with the reason of one that failed', () => {
    const { written, terminal } = screens();
    new TerminalListener(terminal, false).fault(fault);
    assert.equal(written.error, '   1.50 s  kill-1 master failed on n1 (no proof that it bit)\n');
  });

  it('says nothing when it is told to be quiet', () => {
    const { written, terminal } = screens({}, true);
    const listener = new TerminalListener(terminal, true);
    listener.phase('load', '');
    listener.note('x');
    listener.fault(fault);
    listener.progress(progress(10));
    assert.equal(written.error, '');
  });
});
