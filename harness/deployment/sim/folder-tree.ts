/** The names of one host's files: what a process sees, and what a loss of power would leave. */
import { DiskError } from '../../../cluster/runtime/disk.ts';
import { SimFile, type UnsyncedWrites } from './sim-file.ts';
import type { SimRandom } from './sim-random.ts';

export class SimFolder {
  readonly kind = 'directory';
  readonly entries = new Map<string, TreeNode>();
  readonly durable = new Map<string, TreeNode>();
}

export type TreeNode = SimFile | SimFolder;

/** An entry of a folder that changed. */
interface EntryChange {
  readonly folder: SimFolder;
  readonly name: string;
  readonly before: TreeNode | undefined;
  readonly after: TreeNode | undefined;
}

/** All of it survives a loss of power or nothing. */
interface NameChange {
  readonly sequence: number;
  readonly entries: readonly EntryChange[];
  /** Not synced since. */
  readonly folders: Set<SimFolder>;
}

export const workingFolder = '/disk';

/** Names from the root on. */
export function pathNames(path: string): readonly string[] {
  const names: string[] = [];
  const absolute = path.startsWith('/') ? path : `${workingFolder}/${path}`;
  for (const name of absolute.split('/')) {
    if (name === '' || name === '.') continue;
    if (name === '..') names.pop();
    else names.push(name);
  }
  return names;
}

export class FolderTree {
  readonly #root = new SimFolder();
  #changes: NameChange[] = [];
  #sequence = 0;

  constructor() {
    this.makeFolder(workingFolder);
    this.#allDurable(this.#root);
    this.#changes = [];
  }

  find(path: string): TreeNode | undefined {
    let node: TreeNode | undefined = this.#root;
    for (const name of pathNames(path)) {
      if (node?.kind !== 'directory') return undefined;
      node = node.entries.get(name);
    }
    return node;
  }

  file(path: string): SimFile {
    const node = this.find(path);
    if (node === undefined) throw new DiskError('ENOENT', path, `${path}: no such file`);
    if (node.kind === 'directory') throw new DiskError('EISDIR', path, `${path}: wanted a file, is a folder`);
    return node;
  }

  makeFile(path: string): SimFile {
    const node = this.find(path);
    if (node !== undefined) return this.file(path);
    const { folder, name } = this.#parent(path);
    const file = new SimFile();
    this.#change([{ folder, name, before: undefined, after: file }]);
    return file;
  }

  makeFolder(path: string): void {
    let folder = this.#root;
    for (const name of pathNames(path)) {
      let node = folder.entries.get(name);
      if (node === undefined) {
        node = new SimFolder();
        this.#change([{ folder, name, before: undefined, after: node }]);
      }
      if (node.kind === 'file') {
        throw new DiskError('EEXIST', path, `${path}: wanted a folder, "${name}" is a file`);
      }
      folder = node;
    }
  }

  rename(from: string, to: string): void {
    const node = this.find(from);
    if (node === undefined) throw new DiskError('ENOENT', from, `${from}: nothing to rename`);
    const source = this.#parent(from);
    const target = this.#parent(to);
    const replaced = target.folder.entries.get(target.name);
    if (replaced === node) return;
    if (replaced?.kind === 'directory') throw new DiskError('EISDIR', to, `${to}: is a folder`);
    this.#change([
      { ...source, before: node, after: undefined },
      { ...target, before: replaced, after: node },
    ]);
  }

  remove(path: string): void {
    const node = this.find(path);
    if (node === undefined) return;
    if (node.kind === 'directory' && node.entries.size > 0) {
      throw new DiskError('ENOTEMPTY', path, `${path}: the folder is not empty`);
    }
    this.#change([{ ...this.#parent(path), before: node, after: undefined }]);
  }

  syncMark(): number {
    return this.#sequence;
  }

  /** Makes durable what changed in the folder before the mark. */
  synced(folder: SimFolder, mark: number): void {
    const covered = new Set<NameChange>();
    for (const change of this.#changes) {
      if (change.sequence >= mark) continue;
      change.folders.delete(folder);
      if (change.folders.size === 0) covered.add(change);
    }
    // What a durable change builds on (an earlier rename of the same name from another folder) is durable with it.
    for (const later of this.#changes.toReversed()) {
      if (!covered.has(later)) continue;
      for (const earlier of this.#changes) {
        if (earlier.sequence < later.sequence && touchSameEntry(earlier, later)) covered.add(earlier);
      }
    }
    this.#changes = this.#changes.filter((change) => {
      if (covered.has(change)) applyDurable(change);
      return !covered.has(change);
    });
  }

  /** The machine lost its power. */
  losePower(random: SimRandom, unsynced: UnsyncedWrites = 'torn'): void {
    for (const change of this.#changes) {
      const possible = change.entries.every(
        ({ folder, name, before }) => folder.durable.get(name) === before,
      );
      if (possible && unsynced === 'torn' && random.oneIn(2)) applyDurable(change);
    }
    this.#changes = [];
    this.#restore(this.#root, random, unsynced);
  }

  /** Changes names on the disk itself: durable at once, other names included. */
  alter(edit: () => void): void {
    edit();
    this.#allDurable(this.#root);
    this.#changes = [];
  }

  /** Absolute paths of all files, sorted. */
  filePaths(): readonly string[] {
    return [...this.#walk(this.#root, '')].map(([path]) => path).sort();
  }

  heldBytes(): number {
    let bytes = 0;
    for (const [, file] of this.#walk(this.#root, '')) bytes += file.heldBytes;
    return bytes;
  }

  *#walk(folder: SimFolder, prefix: string): Generator<readonly [string, SimFile]> {
    for (const [name, node] of folder.entries) {
      const path = `${prefix}/${name}`;
      if (node.kind === 'file') yield [path, node];
      else yield* this.#walk(node, path);
    }
  }

  #parent(path: string): { readonly folder: SimFolder; readonly name: string } {
    const names = pathNames(path);
    const name = names.at(-1);
    if (name === undefined) throw new DiskError('EISDIR', path, `${path}: is the root folder`);
    const folder = this.find(`/${names.slice(0, -1).join('/')}`);
    if (folder === undefined) throw new DiskError('ENOENT', path, `${path}: its folder is missing`);
    if (folder.kind === 'file') throw new DiskError('ENOTDIR', path, `${path}: its folder is a file`);
    return { folder, name };
  }

  #change(entries: readonly EntryChange[]): void {
    for (const { folder, name, after } of entries) {
      if (after === undefined) folder.entries.delete(name);
      else folder.entries.set(name, after);
    }
    const folders = new Set(entries.map((entry) => entry.folder));
    this.#changes.push({ sequence: this.#sequence++, entries, folders });
  }

  #allDurable(folder: SimFolder): void {
    folder.durable.clear();
    for (const [name, node] of folder.entries) {
      folder.durable.set(name, node);
      if (node.kind === 'directory') this.#allDurable(node);
    }
  }

  #restore(folder: SimFolder, random: SimRandom, unsynced: UnsyncedWrites): void {
    folder.entries.clear();
    for (const [name, node] of folder.durable) {
      folder.entries.set(name, node);
      if (node.kind === 'directory') this.#restore(node, random, unsynced);
      else node.losePower(hasOwnLuck(name) ? random.fork(name) : random, unsynced);
    }
  }
}

/** Files that are written beside the others, at times of their own: with them and without, the others fare the same. */
export function hasOwnLuck(path: string): boolean {
  return path.endsWith('.sums');
}

function touchSameEntry(left: NameChange, right: NameChange): boolean {
  return left.entries.some((one) =>
    right.entries.some((other) => one.folder === other.folder && one.name === other.name),
  );
}

function applyDurable(change: NameChange): void {
  for (const { folder, name, after } of change.entries) {
    if (after === undefined) folder.durable.delete(name);
    else folder.durable.set(name, after);
  }
}
