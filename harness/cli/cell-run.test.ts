import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import { matrixCells } from '../matrix/matrix-cells.ts';
import { parseMatrix } from '../matrix/parse-matrix.ts';
import { planOfCell, refusalOf } from './cell-run.ts';

const cells = matrixCells(parseMatrix('matrix.txt', readFileSync('harness/matrix/matrix.txt', 'utf8')));
const [kill] = cells.filter(({ name }) => name === 'log kill docker');

describe('a cell of the matrix', () => {
  it('has room for a fault in its least time, and asks nothing that its world refuses', () => {
    for (const cell of cells) {
      assert.equal(refusalOf(cell, [], cell.leastS), undefined, cell.name);
      const { plan, schedule } = planOfCell(cell, [], cell.leastS, 7);
      if (cell.nemesis === 'swarm') continue;
      assert.equal(plan.timeLimitS, cell.leastS, cell.name);
      assert.equal(schedule.length > 0, cell.nemesis !== 'none', cell.name);
    }
  });

  it('is planned by seed, with the options of the command line for all', () => {
    assert.ok(kill !== undefined);
    const { plan, schedule } = planOfCell(kill, ['--rate=150'], 40, 9);
    assert.deepEqual([plan.seed, plan.rate, plan.deployment, plan.timeLimitS], [9, 150, 'docker', 40]);
    assert.deepEqual(planOfCell(kill, ['--rate=150'], 40, 9).schedule, schedule);
  });

  it('says why it cannot be run', () => {
    assert.ok(kill !== undefined);
    assert.match(refusalOf(kill, [], 5) ?? '', /^--time-limit: 5 s are too short/);
    assert.match(
      refusalOf({ ...kill, world: 'process' }, ['--cpus=1'], 30) ?? '',
      /^--cpus: only containers/,
    );
  });
});
