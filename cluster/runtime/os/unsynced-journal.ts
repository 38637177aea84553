/**
 * What a power cut would take away: for each change of a file or a name that is not synced yet, what was there before. A kernel keeps the written
 * bytes of a killed process; whoever plays the power cut undoes them by this journal.
 *
 * A folder beside the data, on the same file system: `journal`, one JSON object a line, and `kept/N`, second names of files that were removed or replaced.
 */
import {
  closeSync,
  existsSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** The length of a sector: a torn write keeps or loses each as a whole. */
const sectorBytes = 512;

/** Paths are relative to the folder above the journal's. `old`: base64, or how many zeros. */
type Change =
  | {
      readonly kind: 'write';
      readonly file: number;
      readonly position: number;
      readonly length: number;
      readonly old: string | number;
      readonly size: number;
    }
  /** Made longer, or shorter: `old` began at `position`. */
  | {
      readonly kind: 'truncate';
      readonly file: number;
      readonly position: number;
      readonly size: number;
      readonly old: string | number;
    }
  | { readonly kind: 'make'; readonly path: string }
  | { readonly kind: 'rename'; readonly path: string; readonly to: string; readonly kept?: string }
  | { readonly kind: 'remove'; readonly path: string; readonly kept: string };

type Line =
  | (Change & { readonly seq: number })
  | { readonly kind: 'synced'; readonly seqs: readonly number[] };

export interface Lost {
  readonly writes: number;
  readonly bytes: number;
  readonly names: number;
}

/** The node's side. All at once, so that a kill finds the journal ahead of the file. */
export class UnsyncedJournal {
  readonly #root: string;
  readonly #folder: string;
  readonly #journal: number;
  /** Of files by inode, of names by folder. */
  readonly #open = new Map<number, { readonly owner: number | string; readonly kept: string | undefined }>();
  #seq = 0;

  constructor(folder: string) {
    this.#folder = folder;
    this.#root = dirname(folder);
    mkdirSync(join(folder, 'kept'), { recursive: true });
    // Without a power cut what an earlier life wrote has got to the disk meanwhile.
    for (const name of readdirSync(join(folder, 'kept'))) rmSync(join(folder, 'kept', name));
    rmSync(join(folder, 'journal'), { force: true });
    this.#journal = openSync(join(folder, 'journal'), 'a');
  }

  wrote(file: number, position: number, old: Uint8Array, length: number, size: number): number {
    return this.#add(file, { kind: 'write', file, position, length, old: packed(old), size });
  }

  truncated(file: number, position: number, size: number, old: Uint8Array): number {
    return this.#add(file, { kind: 'truncate', file, position, size, old: packed(old) });
  }

  made(path: string): void {
    this.#add(dirname(path), { kind: 'make', path: this.#relative(path) });
  }

  /** Before it happens. */
  renames(path: string, to: string): void {
    const kept = existsSync(to) ? this.#keep(to) : undefined;
    const change = { kind: 'rename', path: this.#relative(path), to: this.#relative(to) } as const;
    this.#add(dirname(to), kept === undefined ? change : { ...change, kept }, kept);
  }

  /** Before it happens. */
  removes(path: string): void {
    const kept = this.#keep(path);
    this.#add(dirname(path), { kind: 'remove', path: this.#relative(path), kept }, kept);
  }

  /** What a sync that begins now will cover. `inFlight`: not done yet. */
  mark(owner: number | string, inFlight: ReadonlySet<number> = new Set()): readonly number[] {
    return [...this.#open].flatMap(([seq, one]) => (one.owner === owner && !inFlight.has(seq) ? [seq] : []));
  }

  synced(marked: readonly number[]): void {
    const seqs = [...marked];
    for (const seq of marked) {
      const kept = this.#open.get(seq)?.kept;
      if (kept !== undefined) seqs.push(...this.#release(join(this.#folder, kept)));
    }
    for (const seq of seqs) this.#open.delete(seq);
    if (this.#open.size === 0) ftruncateSync(this.#journal, 0);
    else if (seqs.length > 0) this.#write({ kind: 'synced', seqs });
  }

  /** A file without any name left is gone, and its number may be another's soon. */
  #release(kept: string): readonly number[] {
    const { ino, nlink } = statSync(kept);
    rmSync(kept);
    return nlink === 1 ? this.mark(ino) : [];
  }

  #add(owner: number | string, change: Change, kept?: string): number {
    this.#seq += 1;
    this.#open.set(this.#seq, { owner, kept });
    this.#write({ ...change, seq: this.#seq });
    return this.#seq;
  }

  #write(line: Line): void {
    writeSync(this.#journal, `${JSON.stringify(line)}\n`);
  }

  #keep(path: string): string {
    const kept = join('kept', String(this.#seq + 1));
    linkSync(path, join(this.#folder, kept));
    return kept;
  }

  #relative(path: string): string {
    return path.slice(this.#root.length + 1);
  }
}

/** Of a process that is gone: all that was not synced is undone, or by luck (`chance` in [0, 1)) each sector of it; the journal is empty then. */
export function undoUnsynced(folder: string, unsynced: 'lost' | 'torn', chance: () => number): Lost {
  const root = dirname(folder);
  const journal = join(folder, 'journal');
  if (!existsSync(journal)) return { writes: 0, bytes: 0, names: 0 };
  const changes = openChanges(readFileSync(journal, 'utf8'));
  const paths = pathsByFile(root);
  const lost = { writes: 0, bytes: 0, names: 0 };
  /** Sectors that a later change left as they are. */
  const settled = new Map<number, Set<number>>();
  // Names reach the disk in order: some of the first, none behind.
  const names = changes.filter((change) => !('file' in change));
  const namesKept = unsynced === 'lost' ? 0 : Math.floor(chance() * (names.length + 1));
  const lostNames = new Set(names.slice(namesKept));
  for (const change of changes.toReversed()) {
    if ('file' in change) {
      const path = paths.get(change.file);
      if (path === undefined) continue;
      const keeps = settled.get(change.file) ?? new Set<number>();
      settled.set(change.file, keeps);
      const bytes = undoBytes(path, change, unsynced === 'lost' ? () => false : () => chance() < 0.5, keeps);
      lost.bytes += bytes;
      if (bytes > 0) lost.writes += 1;
    } else if (lostNames.has(change)) {
      undoName(root, folder, change);
      lost.names += 1;
    }
  }
  rmSync(join(folder, 'kept'), { recursive: true, force: true });
  rmSync(journal);
  return lost;
}

function openChanges(text: string): (Change & { readonly seq: number })[] {
  const changes = new Map<number, Change & { readonly seq: number }>();
  for (const line of text.split('\n')) {
    const one = parsed(line);
    if (one === undefined) continue;
    if (one.kind === 'synced') for (const seq of one.seqs) changes.delete(seq);
    else changes.set(one.seq, one);
  }
  return [...changes.values()];
}

/** The last line may be torn by the kill: what it tells of has not happened. */
function parsed(line: string): Line | undefined {
  try {
    return JSON.parse(line) as Line;
  } catch {
    return undefined;
  }
}

function pathsByFile(root: string): Map<number, string> {
  const paths = new Map<number, string>();
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    paths.set(statSync(path).ino, path);
  }
  return paths;
}

/** How many bytes are gone. */
function undoBytes(
  path: string,
  change: Extract<Change, { readonly file: number }>,
  keepsIt: () => boolean,
  settled: Set<number>,
): number {
  const old = unpacked(change.old);
  const { position } = change;
  const end = change.kind === 'write' ? position + change.length : Math.max(position, position + old.length);
  const file = openSync(path, 'r+');
  try {
    let count = 0;
    let isWhole = true;
    for (let at = position; at < end; ) {
      const sector = Math.floor(at / sectorBytes);
      const next = Math.min(end, (sector + 1) * sectorBytes);
      if (settled.has(sector) || keepsIt()) {
        settled.add(sector);
        isWhole = false;
      } else {
        const bytes = old.subarray(at - position, next - position);
        if (bytes.length > 0) writeSync(file, bytes, 0, bytes.length, at);
        count += next - at;
      }
      at = next;
    }
    if (change.kind === 'truncate' && end === position && keepsIt()) return 0;
    const size = statSync(path).size;
    if (isWhole && (size > change.size || change.kind === 'truncate')) ftruncateSync(file, change.size);
    return change.kind === 'truncate' && end === position ? 1 : count;
  } finally {
    closeSync(file);
  }
}

function undoName(root: string, folder: string, change: Exclude<Change, { readonly file: number }>): void {
  const path = join(root, change.path);
  switch (change.kind) {
    case 'make':
      if (existsSync(path)) unlinkSync(path);
      return;
    case 'rename': {
      const to = join(root, change.to);
      if (existsSync(to)) renameSync(to, path);
      if (change.kept !== undefined) renameSync(join(folder, change.kept), to);
      return;
    }
    case 'remove':
      if (!existsSync(path)) renameSync(join(folder, change.kept), path);
      return;
    default:
      change satisfies never;
  }
}

function packed(bytes: Uint8Array): string | number {
  return isBlank(bytes) ? bytes.length : Buffer.from(bytes).toString('base64');
}

/** The ends of logs and queues are megabytes of zeros: compared by the block, which is many times faster than byte by byte. */
export function isBlank(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at += zeros.length) {
    const block = bytes.subarray(at, at + zeros.length);
    if (Buffer.compare(block, zeros.subarray(0, block.length)) !== 0) return false;
  }
  return true;
}

const zeros = new Uint8Array(64 * 1024);

function unpacked(old: string | number): Uint8Array {
  return typeof old === 'number' ? new Uint8Array(old) : Buffer.from(old, 'base64');
}
