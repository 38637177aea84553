/** Turns the browser's modules, as they stand in their folder, into one script that can be written into a page. */
import { readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';

const importLine = /^import (?:\{[^}]*\} from )?'(\.[^']+)';\n/gm;

/** `const createLanes = (() => { ... })();` for `entry` component/lanes.js and `exported` createLanes. Names must differ between modules. */
export function inlinedModules(folder: string, entry: string, exported: string): string {
  const body = gathered(folder, entry, new Set()).join('\n');
  return `const ${exported} = (() => {\n${body}\nreturn ${exported};\n})();\n`;
}

/** A module after those it imports, each once. */
function gathered(folder: string, file: string, seen: Set<string>): string[] {
  if (seen.has(file)) return [];
  seen.add(file);
  const text = readFileSync(join(folder, file), 'utf8');
  const imported = [...text.matchAll(importLine)].flatMap(([, path = '']) =>
    gathered(folder, normalize(join(file, '..', path)), seen),
  );
  return [...imported, withoutComments(text.replace(importLine, '').replace(/^export /gm, ''))];
}

/** Whole lines of comment only: nothing that could stand within a string. */
function withoutComments(text: string): string {
  return text.replace(/^ *\/\*\*[\s\S]*?\*\/\n/gm, '').replace(/^ *\/\/.*\n/gm, '');
}
