import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { JumpingClock } from '../../nemeses/test-cluster.ts';
import type { MatrixCell } from './matrix-cells.ts';
import type { MatrixWorld } from './parse-matrix.ts';
import { planTurns, type TurnOptions } from './plan-turns.ts';
import { RunCosts } from './run-costs.ts';
import { type MatrixRuns, runMatrix } from './run-matrix.ts';
import { sampleRun } from './testing/sample-record.ts';

const cell = (row: string, world: MatrixWorld = 'docker', leastS = 20): MatrixCell => ({
  ...{ name: `${row} ${world}`, row, world, leastS },
  ...{ nemesis: row, workload: 'log', options: [], place: 0 },
});
const cells = [cell('a'), cell('b'), cell('c', 'sim', 10)];
const plan = (options: Partial<TurnOptions> = {}) =>
  planTurns(cells, new RunCosts(), {
    repeat: 1,
    budgetS: undefined,
    timeLimitS: undefined,
    from: 0,
    ...options,
  });
const text = (turns: ReturnType<typeof plan>) =>
  turns.map(({ cell: { row }, round, timeLimitS }) => `${row}${round} ${timeLimitS}`).join(', ');

describe('the turns of a matrix', () => {
  it('come round by round, as long as a run usually is, or as is wanted', () => {
    assert.equal(text(plan({ repeat: 2 })), 'a1 60, b1 60, c1 30, a2 60, b2 60, c2 30');
    assert.equal(text(plan({ timeLimitS: 7 })), 'a1 7, b1 7, c1 7');
  });

  it('take their least time where the budget is short, the usual one where it is long, and share what is between', () => {
    assert.equal(text(plan({ budgetS: 10 })), 'a1 20, b1 20, c1 10');
    assert.equal(text(plan({ budgetS: 10_000 })), 'a1 60, b1 60, c1 30');
    const [a, b, c] = plan({ budgetS: 120 }).map(({ timeLimitS }) => timeLimitS);
    assert.ok(a === b && a !== undefined && a > 20 && a < 60 && c !== undefined && c > 10 && c < 30);
  });

  it('begin elsewhere on another night, where a budget may cut off the end', () => {
    assert.equal(text(plan({ budgetS: 10, from: 4 })), 'b1 20, c1 10, a1 20');
  });
});

/** Runs on a clock of their own: each takes what `lasts` says. */
async function run(change: Partial<MatrixRuns> = {}, lasts: (row: string) => number = () => 30) {
  let nowMs = 0;
  const clock = Object.assign(new JumpingClock(), { monotonicMs: () => nowMs });
  const begun: string[] = [];
  const records = await runMatrix({
    ...{ cells, turns: plan({ repeat: 2, budgetS: 1 }), costs: new RunCosts(), clock, budgetS: undefined },
    signal: new AbortController().signal,
    skip: () => Promise.resolve(undefined),
    run: ({ cell: { row }, timeLimitS }, seconds) => {
      nowMs += lasts(row) * 1000;
      begun.push(`${row} ${timeLimitS}`);
      return Promise.resolve(sampleRun('valid', { seconds: seconds() }));
    },
    told: () => undefined,
    ...change,
  });
  return {
    begun,
    runs: records.map(({ runs }) => runs.length),
    notRun: records.map(({ notRun }) => notRun),
    records,
  };
}

describe('the runs of a matrix', () => {
  it('go on after whatever happens, in fair turns', async () => {
    const broken: MatrixRuns['run'] = () => Promise.resolve(sampleRun('broke'));
    assert.deepEqual((await run({ run: broken })).runs, [2, 2, 2]);
    assert.deepEqual((await run()).begun, ['a 20', 'b 20', 'c 10', 'a 20', 'b 20', 'c 10']);
  });

  it('begin nothing that would not end in time, learn what runs cost, and count what was left out', async () => {
    const { begun, notRun } = await run({ budgetS: 100 }, (row) => (row === 'c' ? 2 : 45));
    // After two of 45 s a third has no room; the simulated ones have.
    assert.deepEqual(begun, ['a 20', 'b 20', 'c 10', 'c 10']);
    assert.deepEqual(notRun, [1, 1, 0]);
  });

  it('take the least time rather than none', async () => {
    const turns = plan({ timeLimitS: 60 });
    const asGuessed = (row: string) => (row === 'a' ? 78 : 38);
    assert.deepEqual((await run({ turns, budgetS: 120 }, asGuessed)).begun, ['a 60', 'b 20', 'c 10']);
  });

  it('stop where somebody says so', async () => {
    const abort = new AbortController();
    const stopping: MatrixRuns['run'] = () => {
      abort.abort();
      return Promise.resolve(sampleRun('unknown'));
    };
    const { runs, notRun } = await run({ signal: abort.signal, run: stopping });
    assert.deepEqual(
      [runs, notRun],
      [
        [1, 0, 0],
        [1, 2, 2],
      ],
    );
  });

  it('skip a cell with the reason, also when its world goes away in the middle', async () => {
    const { records } = await run({
      skip: ({ row }) => Promise.resolve(row === 'a' ? 'no engine' : undefined),
    });
    assert.deepEqual(
      records.map(({ skipped, notRun }) => [skipped, notRun]),
      [
        ['no engine', 0],
        [undefined, 0],
        [undefined, 0],
      ],
    );
    let asked = 0;
    const gone = () => {
      asked += 1;
      return Promise.resolve(asked > 3 ? 'gone' : undefined);
    };
    const later = await run({ skip: gone });
    assert.deepEqual(
      later.records.map(({ skipped, notRun }) => [skipped, notRun]),
      [
        ['gone', 1],
        ['gone', 1],
        ['gone', 1],
      ],
    );
  });
});
