/** Where the project lies: sources run from dist/, and tests from any folder they were built into. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The nearest folder above this file that holds package.json. */
export function projectRoot(): URL {
  for (let folder = new URL('./', import.meta.url); ; folder = new URL('../', folder)) {
    if (existsSync(new URL('package.json', folder))) return folder;
    if (folder.pathname === '/') throw new Error(`no package.json above ${fileURLToPath(import.meta.url)}`);
  }
}
