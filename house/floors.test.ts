import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { before, describe, it } from 'mocha';
import { floors } from './floors.ts';

const roots = ['cluster', 'harness', 'checkers', 'nemeses', 'house'];

interface Import {
  readonly file: string;
  readonly line: number;
  readonly from: string;
  readonly to: string;
}

describe('the floors of the house', () => {
  let imports: Import[];
  before(async () => {
    imports = await allImports();
  });

  it('are only ever stepped down', () => {
    const upward = imports.filter(
      (one) => !isOfTests(one.file) && !isFamily(one.from, one.to) && !mayImport(one),
    );
    assert.deepEqual(
      upward.map(
        ({ file, line, from, to }) => `${file}:${line} ${from} must not import ${to}; see house/floors.ts`,
      ),
      [],
    );
  });

  it('have no rule that nobody uses', () => {
    const used = new Set(
      imports.filter(({ file }) => !isOfTests(file)).map(({ from, to }) => `${from} -> ${to}`),
    );
    const rules = Object.entries(floors).flatMap(([from, targets]) =>
      targets.map((to) => `${from} -> ${to}`),
    );
    assert.deepEqual(
      rules.filter((rule) => !used.has(rule)),
      [],
    );
  });

  it('have no folder without a rule', () => {
    const folders = new Set(imports.filter(({ file }) => !isOfTests(file)).map(({ from }) => from));
    assert.deepEqual(
      [...folders].filter((folder) => floors[folder] === undefined),
      [],
    );
  });

  it('are in the order of the list: nobody sees who stands further down in it', () => {
    const names = Object.keys(floors);
    const climbs = Object.entries(floors).flatMap(([from, targets]) =>
      targets.filter((to) => names.indexOf(to) > names.indexOf(from)).map((to) => `${from} -> ${to}`),
    );
    assert.deepEqual(climbs, []);
  });

  it('keep the cluster from ever hearing of those who break and judge it, tests of worlds aside', () => {
    const heard = imports.filter(
      ({ file, from, to }) => from.startsWith('cluster/') && !to.startsWith('cluster') && !isOfTests(file),
    );
    assert.deepEqual(
      heard.map(({ file, line }) => `${file}:${line}`),
      [],
    );
  });
});

function mayImport({ from, to }: Import): boolean {
  return floors[from]?.includes(to) ?? false;
}

/** A folder and the folders within it are one floor. */
function isFamily(from: string, to: string): boolean {
  if (from === to) return true;
  const [outer, inner] = from.length < to.length ? [from, to] : [to, from];
  // The roots are no floor of their own: what stands in `checkers` or `harness` itself is listed like any other.
  return outer.includes('/') && inner.startsWith(`${outer}/`);
}

/** Tests, and the worlds that only tests use. */
function isOfTests(file: string): boolean {
  return file.endsWith('.test.ts') || file.includes('/testing/');
}

async function allImports(): Promise<Import[]> {
  const imports: Import[] = [];
  for (const root of roots) {
    for (const entry of await readdir(root, { recursive: true })) {
      if (!entry.endsWith('.ts') || entry.endsWith('.d.ts')) continue;
      const file = join(root, entry);
      const lines = (await readFile(file, 'utf8')).split('\n');
      for (const [index, line] of lines.entries()) {
        const specifier = /(?:from|import)\s*\(?\s*'(\.[^']+)'/.exec(line)?.[1];
        if (specifier === undefined) continue;
        const from = dirname(file);
        imports.push({ file, line: index + 1, from, to: dirname(join(from, specifier)) });
      }
    }
  }
  return imports;
}
