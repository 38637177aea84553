import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { apiReference, declarationsOf, publicModules } from './api-reference.ts';

/** Tests run from the root of the project. */
const sources = 'checkers/porcupine-ts';

describe('the package as it is published', function () {
  // The compiler runs once for all of these.
  this.timeout(120_000);
  let folder = '';
  let published = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'porcupine-package-'));
    published = join(folder, 'node_modules/porcupine-ts');
    mkdirSync(published, { recursive: true });
    execFileSync(resolve('node_modules/.bin/tsc'), [
      '-p',
      `${sources}/tsconfig.build.json`,
      '--outDir',
      join(published, 'dist'),
    ]);
    cpSync(`${sources}/bin`, join(published, 'bin'), { recursive: true });
    copyFileSync(`${sources}/package.json`, join(published, 'package.json'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('says of everything it exports what it is', () => {
    const silent = publicModules.flatMap((module) =>
      declarationsOf(join(published, 'dist'), sources, module)
        .filter(({ doc }) => doc === '')
        .map(({ name }) => `${module}: ${name}`),
    );
    assert.deepEqual(silent, []);
  });

  it('has a reference that says the same', () => {
    assert.ok(
      readFileSync(`${sources}/API.md`, 'utf8') === apiReference(join(published, 'dist'), sources),
      'API.md is out of date: run "npm run generate --workspace porcupine-ts"',
    );
  });

  it('holds what each module of the reference needs, by the names that people import', () => {
    const names = publicModules.map((module) =>
      module === 'check' ? 'porcupine-ts' : `porcupine-ts/${module}`,
    );
    const program = `
      for (const name of ${JSON.stringify(names)}) await import(name);
      const { checkOperationsAsync } = await import('porcupine-ts/check-async');
      const { register } = await import('porcupine-ts/models/register');
      const { visualize } = await import('porcupine-ts/visualizer/visualize');
      const read = { input: { f: 'read' }, output: 1, call: 0, return: 1 };
      const { verdict } = await checkOperationsAsync(register(), [read], { workers: 1 });
      process.stdout.write(verdict + visualize(register(), [read]).slice(0, 15));`;
    const main = join(folder, 'main.mjs');
    writeFileSync(main, program);
    const run = spawnSync(process.execPath, [main], { encoding: 'utf8' });
    assert.deepEqual([run.stderr, run.stdout], ['', 'illegal<!doctype html>']);
    const command = spawnSync(process.execPath, [join(published, 'bin/porcupine-ts.mjs'), '--help'], {
      encoding: 'utf8',
    });
    assert.match(command.stdout, /^usage: porcupine-ts check FILE/);
  });
});
