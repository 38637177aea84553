import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, describe, it } from 'mocha';
import { Trials } from './trials.ts';

/** Asserts of a judge that is a list of numbers. */
const test = (judge: string, wanted: number) =>
  `import { it } from 'mocha'; import { judge } from '${judge}'; it('holds', () => { if (!judge.includes(${wanted})) throw new Error(); });`;

describe('the trial of a change', () => {
  mkdirSync('.build', { recursive: true });
  const folder = mkdtempSync(resolve('.build', 'trials-test-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('says who noticed, and goes on after what cannot even be loaded', async () => {
    const [built, bench] = [join(folder, 'built'), join(folder, 'bench')];
    for (const path of ['built/small', 'built/oracle', 'bench'])
      mkdirSync(join(folder, path), { recursive: true });
    const file = 'small/judge.js';
    const source = 'export const judge = [1, 2, 3];';
    writeFileSync(join(built, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(built, file), source);
    writeFileSync(join(built, 'small/judge.test.js'), test('./judge.js', 1));
    writeFileSync(join(built, 'tricky-histories.test.js'), test('./small/judge.js', 2));
    writeFileSync(join(built, 'oracle/oracles.test.js'), test('../small/judge.js', 3));
    const trials = new Trials(built, bench);
    try {
      assert.equal(await trials.noticeOf('small', undefined), 'nobody');
      const notices = [];
      for (const removed of ['1, ', '2, ', 'export', ', 3', ';'])
        notices.push(await trials.noticeOf('small', { file, source: source.replace(removed, '') }));
      assert.deepEqual(notices, ['tests', 'tests', 'tests', 'oracle', 'nobody']);
    } finally {
      trials.end();
    }
  });
});
