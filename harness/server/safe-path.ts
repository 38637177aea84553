/** From the path of a request to names of folders and files, or to nothing where it tries to climb. */
import { realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** The names in a path, decoded: '/files/a%20b/' gives ['files', 'a b', '']. Undefined where one of them is no plain name. */
export function pathNames(path: string): readonly string[] | undefined {
  const names: string[] = [];
  const raw = path.split('/').slice(1);
  for (const [at, part] of raw.entries()) {
    let name: string;
    try {
      name = decodeURIComponent(part);
    } catch {
      return undefined;
    }
    const isLast = at === raw.length - 1;
    if (name === '' && !isLast) return undefined;
    if (name === '.' || name === '..' || /[/\\\0]/.test(name)) return undefined;
    names.push(name);
  }
  return names;
}

/** The real place of a file or folder below `root`; undefined where there is none, or a link leads out of it. */
export async function placeBelow(root: string, names: readonly string[]): Promise<string | undefined> {
  try {
    const base = await realpath(root);
    const place = await realpath(join(base, ...names));
    return place === base || place.startsWith(base.endsWith(sep) ? base : base + sep) ? place : undefined;
  } catch {
    return undefined;
  }
}
