/** With real processes: `sleep` stands for a node. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { processStart } from '../../../cluster/runtime/os/process-start.ts';
import { type ChildProcess, startChild } from './child-process.ts';
import { RunRegistry, runLabel, sweepDeadRuns } from './run-registry.ts';

describe('the registry of runs', () => {
  let folder = '';
  const children: ChildProcess[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'registry-'));
  });

  afterEach(async () => {
    await Promise.all(children.splice(0).map((child) => child.kill()));
    rmSync(folder, { recursive: true, force: true });
  });

  function sleeper(label: string): ChildProcess {
    const child = startChild({
      file: 'sleep',
      args: ['1000'],
      environment: { [runLabel]: label },
      logFile: join(folder, 'log'),
    });
    children.push(child);
    return child;
  }

  /** Of a harness with our number that began at another time: it is dead. */
  const deadRun = () => `${process.pid}-1-abcd`;
  const runs = () => join(folder, 'runs');

  function note(
    runId: string,
    ...entries: readonly { readonly pid: number; readonly start: string }[]
  ): void {
    mkdirSync(join(runs(), runId), { recursive: true });
    for (const { pid, start } of entries) writeFileSync(join(runs(), runId, String(pid)), start);
  }

  it('lets the next harness kill what a dead one left, stopped or not', async () => {
    const [noted, stopped] = [sleeper(deadRun()), sleeper(deadRun())];
    stopped.signal('SIGSTOP');
    note(deadRun(), noted, stopped);
    const swept = sweepDeadRuns(runs());
    assert.deepEqual(
      swept.map(({ runId, pids }) => [runId, [...pids].sort()]),
      [[deadRun(), [noted.pid, stopped.pid].sort()]],
    );
    assert.equal(await noted.whenExited, 'signal SIGKILL');
    await stopped.whenExited;
    assert.deepEqual(readdirSync(runs()), []);
  });

  it('finds what was started but not yet noted', async function () {
    if (process.platform !== 'linux') this.skip();
    const child = sleeper(deadRun());
    note(deadRun());
    assert.deepEqual(sweepDeadRuns(runs())[0]?.pids, [child.pid]);
    await child.whenExited;
  });

  it('spares a process that only has the number of one that is gone', () => {
    const unlabelled = sleeper('another-run');
    const later = sleeper(deadRun());
    note(deadRun(), unlabelled, { pid: later.pid, start: '1' });
    assert.deepEqual(sweepDeadRuns(runs())[0]?.pids, []);
    assert.deepEqual([unlabelled.exited, later.exited], [undefined, undefined]);
  });

  it('spares the runs of living harnesses', () => {
    const living = `${process.pid}-${processStart(process.pid)}-abcd`;
    const child = sleeper(living);
    note(living, child);
    assert.deepEqual(sweepDeadRuns(runs()), []);
    assert.equal(child.exited, undefined);
  });

  it('has nothing to sweep where nothing ever ran', () => {
    assert.deepEqual(sweepDeadRuns(join(folder, 'never')), []);
  });

  it('kills what is still there when a run is closed, and forgets the run', async () => {
    const registry = new RunRegistry(`${process.pid}-${processStart(process.pid)}-close`, runs());
    const [left, gone] = [sleeper(registry.runId), sleeper(registry.runId)];
    registry.add(left);
    registry.add(gone);
    await gone.kill();
    registry.remove(gone.pid);
    registry.close();
    assert.equal(await left.whenExited, 'signal SIGKILL');
    assert.deepEqual(readdirSync(runs()), []);
  });

  it('tells how a program ended, and that one is not there', async () => {
    const child = startChild({
      file: 'sh',
      args: ['-c', 'exit 3'],
      environment: {},
      logFile: join(folder, 'log'),
    });
    assert.equal(await child.whenExited, 'exit code 3');
    assert.throws(
      () => startChild({ file: '/no/such/program', args: [], environment: {}, logFile: join(folder, 'log') }),
      /could not be started/,
    );
  });
});
