/** The commands of the simulated world, as they are typed. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, describe, it } from 'mocha';
import { nemeses } from '../../nemeses/nemesis-registry.ts';
import { makeRunFolder } from '../record/results-folder.ts';
import { committedScenarios } from '../simulation/committed-scenario.ts';
import { runInSimulation, runScenario } from '../simulation/run-in-simulation.ts';
import { smallPlan } from '../simulation/testing/small-plan.ts';

const program = fileURLToPath(
  new URL(`./main.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url),
);
const results = mkdtempSync(join(tmpdir(), 'rocketmq-jepsen-test-'));

interface Ended {
  readonly code: number | null;
  readonly error: string;
  readonly output: string;
}

/** `heard`: all that it has said so far on standard error, whenever there is more. */
function jepsen(
  args: readonly string[],
  heard: (error: string, child: ChildProcess) => void = () => undefined,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args, '--results', results], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let error = '';
    let output = '';
    child.stderr.on('data', (chunk: Buffer) => {
      error += chunk.toString();
      heard(error, child);
    });
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, error, output }));
  });
}

const tiny = [
  '--deployment',
  'sim',
  '--time-limit',
  '4',
  '--rate',
  '60',
  '--workers',
  '1',
  '--controllers',
  '1',
];

function campaigns(): readonly string[] {
  const folder = join(results, 'sim-swarm');
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('-campaign')) : [];
}

describe('the simulated world from the command line', function () {
  this.timeout(120_000);
  after(() => rmSync(results, { recursive: true, force: true }));

  it('runs a campaign of three seeds to a verdict, with what it reached', async () => {
    const { code, error, output } = await jepsen([...tiny, '--seeds', '3', '--first-seed', '1', '--json']);
    const record = JSON.parse(output) as {
      seedsDone: number;
      verdicts: Record<string, number>;
      coverage: { reached: Record<string, number> };
    };
    assert.equal(record.seedsDone, 3);
    assert.deepEqual(record.verdicts, { valid: 3, invalid: 0, unknown: 0 }, error);
    assert.equal(record.coverage.reached['send ok'], 3);
    // Three short seeds are no campaign: each was right, but too little was tried.
    assert.equal(code, 2, error);
    assert.match(error, /too little .*; raise --seeds/);
    assert.match(error, /states +\d+ of \d+ reached; never: /);
    assert.equal(campaigns().length, 1);
  });

  it('ends a campaign at the first signal with the verdict of what is done', async () => {
    let isAsked = false;
    const { code, error } = await jepsen(
      [...tiny, '--seeds', '100000', '--first-seed', '1'],
      (said, child) => {
        if (isAsked || !said.includes('threads')) return;
        isAsked = true;
        child.kill('SIGINT');
      },
    );
    assert.match(error, /ended early +stopped by hand/);
    assert.match(error, /verdict +unknown/);
    assert.equal(code, 2, error);
  });

  it('replays a saved run event by event, and shows its trace', async () => {
    const plan = smallPlan({ timeLimitS: 2, nemeses: [] });
    const run = await runInSimulation(plan, { nemeses, schedule: [] });
    const files = makeRunFolder(results, 'tiny', 0, plan.seed);
    await run.save(files);
    const { code, error, output } = await jepsen(['replay', files.folder, '--trace']);
    assert.match(error, new RegExp(`digest +${run.digest}, the same`));
    assert.match(output, /role-changed +role=master/);
    assert.equal(code, { valid: 0, invalid: 1, unknown: 2 }[run.judgement.verdict]);
  });

  it('shrinks a saved failure, saves the smaller one and tells its story', async () => {
    const known = committedScenarios().find(({ name }) => name.startsWith('ack-before-replication'));
    assert.ok(known !== undefined);
    const { scenario } = known;
    const run = await runScenario(scenario);
    const files = makeRunFolder(results, 'failed', 0, scenario.plan.seed);
    await run.save(files);
    const { code, error, output } = await jepsen(['shrink', files.folder, '--budget', '3']);
    assert.match(error, /before +\d+ faults?, \d+ operations/);
    assert.match(error, /after +\d+ faults?, \d+ operations/);
    assert.match(output, /lost-ack-write|offset-divergence|acknowledged/);
    assert.equal(code, 1, error);
    const saved = /report +(?<path>\S+)\/report\.html/.exec(error)?.groups?.['path'] ?? '';
    const record = JSON.parse(readFileSync(join(saved, 'run.json'), 'utf8')) as { timeline: string[] };
    assert.ok(record.timeline.length > 0);
  });

  it('refuses to shrink what is no saved run', async () => {
    const { code, error } = await jepsen(['shrink', join(results, 'nowhere')]);
    assert.equal(code, 254);
    assert.match(error, /shrink: there is no .*nowhere/);
  });
});
