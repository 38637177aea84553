#!/usr/bin/env node
// The published package has its build beside it; inside the repository it is part of the root's build.
import { existsSync } from 'node:fs';

const published = new URL('../dist/cli/main.js', import.meta.url);
const inRepository = new URL('../../../dist/checkers/porcupine-ts/cli/main.js', import.meta.url);
const main = [published, inRepository].find((url) => existsSync(url));
if (main === undefined) {
  process.stderr.write('porcupine-ts: not built yet; run "npm run build" first\n');
  process.exit(254);
}
await import(main.href);
