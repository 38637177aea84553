import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import { pageSource } from './page-source.ts';

/** Tests run from the root of the project. */
const visualizer = 'checkers/porcupine-ts/visualizer';

describe('the browser files as texts', () => {
  it('are those of the folder', () => {
    assert.ok(
      readFileSync(`${visualizer}/page-source.ts`, 'utf8') === pageSource(visualizer),
      'visualizer/page-source.ts is out of date: run "npm run generate --workspace porcupine-ts"',
    );
  });

  it('are scripts that can be read, with no name used twice', () => {
    const source = pageSource(visualizer);
    for (const [, name, text] of source.matchAll(/^export const (\w+Script): string = (".*");$/gm)) {
      // Compiles, and runs nothing.
      assert.doesNotThrow(() => new Function(JSON.parse(text as string) as string), name);
      assert.doesNotMatch(JSON.parse(text as string) as string, /^(import|export) /m);
    }
  });
});
