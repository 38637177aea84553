/** `--toxiproxy image=NAME`: the server that such an image starts, taken out of it. */
import { createWriteStream, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { extract } from 'tar-stream';
import { projectRoot } from '../../project-root.ts';
import { type Engine, EngineError } from './engine.ts';

/** A registry may be slow; one that cannot be reached must not keep a run waiting for ever. */
const pullPatienceMs = 120_000;
const readPatienceMs = 30_000;
/** Shopify's own image names the first; the others are where people put it. */
const usualPrograms = ['/toxiproxy', '/toxiproxy-server', '/usr/local/bin/toxiproxy-server'];

export interface TakenToxiproxy {
  readonly engine: Engine;
  /** Of the container that is made to read from, and never started. */
  readonly labels: Readonly<Record<string, string>>;
  readonly log: (line: string) => void;
  /** Where it is kept for runs to come, by the image's digest. */
  readonly folder?: string;
}

/** The path of the program on this disk. */
export async function toxiproxyOfImage(name: string, settings: TakenToxiproxy): Promise<string> {
  const { engine, labels, log } = settings;
  if (!(await engine.hasImage(name))) {
    log(`pulling ${name}, which this container engine does not have`);
    await engine.pullImage(name, pullPatienceMs).catch((error: unknown) => {
      throw wrong(name, `this container engine has no such image, and ${reasonOf(error)}`, error);
    });
  }
  const { id, entrypoint } = await engine.imageStart(name);
  const named = entrypoint.find((word) => word.startsWith('/'));
  const programs = named === undefined ? usualPrograms : [named];
  const folder = join(settings.folder ?? keptToxiproxies(), id.replace(/^sha256:/, '').slice(0, 16));
  for (const program of programs) {
    const path = join(folder, basename(program));
    if (existsSync(path)) return path;
    try {
      const what = { path: program, labels, patienceMs: readPatienceMs };
      if (await engine.fileOfImage(name, what, (tar) => unpackProgram(tar, path))) return path;
      throw wrong(name, `its ${program} is no file, but a link or a folder`);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      if (error.statusCode !== 404) throw wrong(name, reasonOf(error), error);
    }
  }
  throw wrong(
    name,
    named === undefined
      ? `it names no program to start, and there is none of ${usualPrograms.join(', ')}`
      : `the program that it starts, ${named}, is not in it`,
  );
}

/** Beside the one that build-toxiproxy.sh builds. */
function keptToxiproxies(): string {
  return fileURLToPath(new URL('.build/toxiproxy/images/', projectRoot()));
}

/** False when the tar begins with no file: a folder's has its files behind it. */
async function unpackProgram(tar: Readable, path: string): Promise<boolean> {
  const unpack = extract();
  mkdirSync(join(path, '..'), { recursive: true });
  const partial = `${path}.${process.pid}`;
  let entries = 0;
  let isThere = false;
  const files = (async () => {
    for await (const entry of unpack) {
      entries += 1;
      if (entry.header.type === 'file' && entries === 1) {
        isThere = true;
        await pipeline(entry, createWriteStream(partial, { mode: 0o755 }));
      } else entry.resume();
    }
  })();
  try {
    await Promise.all([pipeline(tar, unpack), files]);
    if (isThere) renameSync(partial, path);
  } finally {
    rmSync(partial, { force: true });
  }
  return isThere;
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim();
}

function wrong(name: string, what: string, cause?: unknown): Error {
  return new Error(
    `--toxiproxy image=${name}: wanted an image that holds Shopify's Toxiproxy server, such as ghcr.io/shopify/toxiproxy; ${what}. ` +
      'Bring it here with docker pull, docker load or docker import; or take --toxiproxy binary=PATH or --toxiproxy embedded, which need none',
    cause === undefined ? undefined : { cause },
  );
}
