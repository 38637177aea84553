import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import { namedNemeses } from '../../nemeses/presets/named-nemeses.ts';
import { matrixCells, parseShard, shardOf } from './matrix-cells.ts';
import { parseMatrix } from './parse-matrix.ts';

const table = readFileSync('harness/matrix/matrix.txt', 'utf8');
const cells = matrixCells(parseMatrix('matrix.txt', table));

const refusal = (line: string) => {
  try {
    parseMatrix('x.txt', `# a remark\n${line}`);
    return 'none';
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
};

describe('the matrix', () => {
  it('has rows with worlds, least seconds and options, and options of worlds', () => {
    const { rows, worldOptions } = parseMatrix(
      'x.txt',
      'docker --rate 500 # slow machines\nlog kill sim,docker 25 --flush async\nlog none every 9',
    );
    assert.deepEqual(rows, [
      {
        workload: 'log',
        nemesis: 'kill',
        worlds: ['sim', 'docker'],
        leastS: 25,
        options: ['--flush', 'async'],
        line: 2,
      },
      { workload: 'log', nemesis: 'none', worlds: undefined, leastS: 9, options: [], line: 3 },
    ]);
    assert.deepEqual([...worldOptions], [['docker', ['--rate', '500']]]);
  });

  it('refuses what it does not know, naming the line', () => {
    assert.match(refusal('log kill every'), /^x\.txt:2: wanted "WORKLOAD NEMESIS WORLDS LEAST-SECONDS/);
    assert.match(refusal('log kill moon 20'), /wanted worlds: every, or sim, process, docker/);
    assert.match(refusal('log kill sim 20 --flush'), /none/);
    assert.match(refusal('log kill sim 20 flush'), /options behind the seconds/);
    assert.match(refusal('docker rate'), /"WORLD --option/);
    assert.match(refusal(''), /at least one row/);
  });

  it('has a cell for every world that can, under a name of its own', () => {
    const names = cells.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    assert.ok(names.includes('log kill docker') && names.includes('log pause-kill process'));
    assert.ok(names.includes('log disk sim'));
    assert.deepEqual(
      cells.filter(({ nemesis }) => nemesis === 'swarm').map(({ world }) => world),
      ['sim'],
    );
    assert.deepEqual(cells.find(({ name }) => name === 'log kill --flush async docker')?.options, [
      '--rate',
      '500',
      '--flush',
      'async',
    ]);
  });
});

describe('the rows of the matrix', () => {
  it('name each nemesis there is, by itself', () => {
    const rows = new Set(cells.map(({ nemesis }) => nemesis));
    assert.deepEqual(
      [...namedNemeses.keys()].filter((name) => !rows.has(name)),
      [],
    );
  });

  it('give a preset time for one whole turn', () => {
    for (const { name, nemesis, leastS } of cells) {
      const { takesMs = 0 } = namedNemeses.get(nemesis) ?? {};
      assert.ok(leastS * 1000 >= takesMs + 5000, `${name}: ${leastS} s`);
    }
  });
});

describe('shards of the matrix', () => {
  it('have every cell once, and no world for themselves', () => {
    for (const of of [1, 2, 3, 8]) {
      const shards = Array.from({ length: of }, (_, at) => shardOf(cells, { part: at + 1, of }));
      assert.deepEqual(
        shards
          .flat()
          .map(({ name }) => name)
          .sort(),
        cells.map(({ name }) => name).sort(),
      );
      const sizes = shards.map((shard) => shard.filter(({ world }) => world === 'docker').length);
      assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1, `${of}: ${sizes.join()}`);
    }
  });

  it('are written i/n', () => {
    assert.deepEqual(parseShard('2/8'), { part: 2, of: 8 });
    for (const text of ['0/8', '9/8', '1', '1/', 'a/b', '-1/2', '1/2/3'])
      assert.equal(parseShard(text), undefined);
  });
});
