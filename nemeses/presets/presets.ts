/** Scripts that are worth their own names: nemeses/presets/NAME.txt. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Nemesis } from '../nemesis.ts';
import { parseScript } from '../script/script.ts';
import { presetNemesis } from './preset-nemesis.ts';

const folder = new URL('nemeses/presets/', rootFolder());

export const presets: readonly Nemesis[] = readdirSync(folder)
  .filter((file) => file.endsWith('.txt'))
  .sort()
  .map((file, at) => {
    const path = new URL(file, folder);
    const script = parseScript(`nemeses/presets/${file}`, readFileSync(path, 'utf8'));
    return presetNemesis(file.slice(0, -'.txt'.length), script, at);
  });

/** Scripts stay where they were written, whatever folder the code was built into. */
function rootFolder(): URL {
  for (let above = new URL('./', import.meta.url); ; above = new URL('../', above)) {
    if (existsSync(new URL('package.json', above))) return above;
    if (above.pathname === '/') throw new Error(`no package.json above ${import.meta.url}`);
  }
}
