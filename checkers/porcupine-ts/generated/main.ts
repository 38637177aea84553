/** Writes what is made from other files: `npm run generate`, in the folder of the package. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apiReference } from './api-reference.ts';
import { pageSource } from './page-source.ts';

writeFileSync('visualizer/page-source.ts', pageSource('visualizer'));

const declarations = mkdtempSync(join(tmpdir(), 'porcupine-api-'));
try {
  execFileSync('../../node_modules/.bin/tsc', ['-p', 'tsconfig.build.json', '--outDir', declarations]);
  writeFileSync('API.md', apiReference(declarations, '.'));
} finally {
  rmSync(declarations, { recursive: true, force: true });
}
