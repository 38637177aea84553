/** What goes into the image: on the host's disk, by its path inside. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findFaketime } from '../clock-means.ts';
import { sharedLibrariesOf } from './shared-libraries.ts';

export interface ImageFile {
  /** Absolute, inside the image. */
  readonly path: string;
  readonly isProgram: boolean;
  /** A file outside, or the text itself. */
  readonly from: { readonly file: string } | { readonly text: string };
}

/** Inside the image, as in the official one of Node. */
export const nodeInImage = '/usr/local/bin/node';
export const toxiproxyInImage = '/usr/local/bin/toxiproxy-server';
const appInImage = '/app';

/** The root of a system that runs this very node: for hosts that run Linux. */
export function systemFiles(): readonly ImageFile[] {
  const faketime = findFaketime();
  const libraries = new Set(
    [process.execPath, ...(faketime === undefined ? [] : [faketime])].flatMap(sharedLibrariesOf),
  );
  if (faketime !== undefined) libraries.add(faketime);
  return [
    { path: nodeInImage, isProgram: true, from: { file: process.execPath } },
    ...[...libraries].sort().map((file) => ({ path: file, isProgram: true, from: { file } })),
    // The system's hosts table alone says who is who; there is no DNS to ask.
    text('/etc/nsswitch.conf', 'passwd: files\nhosts: files\n'),
    text('/etc/passwd', 'root:x:0:0:root:/:/none\n'),
  ];
}

/** The programs of this build, and a real Toxiproxy where one is to be used. */
export function applicationFiles(toxiproxy: string | undefined): readonly ImageFile[] {
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  const kind = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  const isWanted = (name: string) =>
    (name.endsWith(kind) || name.endsWith(`${kind}.map`)) && !/\.test\.|(^|\/)testing\//.test(name);
  const sources = ['cluster', 'harness', 'nemeses', 'checkers'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter(isWanted)
      .map((name) => `${folder}/${name}`),
  );
  return [
    ...sources.sort().map((name) => ({
      path: `${appInImage}/${name}`,
      isProgram: false,
      from: { file: join(root, name) },
    })),
    text(`${appInImage}/package.json`, '{"type":"module"}\n'),
    ...(toxiproxy === undefined ? [] : programFiles(toxiproxyInImage, toxiproxy)),
  ];
}

function programFiles(path: string, file: string): readonly ImageFile[] {
  // Programs from elsewhere than this machine's system bring nothing: they are static, or made for the image.
  const libraries = process.platform === 'linux' ? sharedLibrariesOf(file) : [];
  return [path, ...libraries].map((inside) => ({
    path: inside,
    isProgram: true,
    from: { file: inside === path ? file : inside },
  }));
}

/** In the image: a file of this build, such as `cluster/bin/mqbroker`. */
export function inImage(program: string): string {
  return `${appInImage}/${program}${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`;
}

/** Large files by their size and time, the others by content. */
export function digestOf(files: readonly ImageFile[]): string {
  const hash = createHash('sha256');
  for (const { path, from } of files) {
    hash.update(`${path}\n`);
    if ('text' in from) hash.update(from.text);
    else {
      const file = realpathSync(from.file);
      const { size, mtimeMs } = statSync(file);
      hash.update(size > largeBytes ? `${file} ${size} ${mtimeMs}` : readFileSync(file));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

const largeBytes = 1024 * 1024;

function text(path: string, content: string): ImageFile {
  return { path, isProgram: false, from: { text: content } };
}
