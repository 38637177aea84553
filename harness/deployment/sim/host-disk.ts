/** The disk of one host: it outlives the lives of the host, and tests look into it and break it. */
import { DiskError } from '../../../cluster/runtime/disk.ts';
import { FolderTree, type TreeNode, workingFolder } from './folder-tree.ts';
import type { UnsyncedWrites } from './sim-file.ts';
import type { SimRandom } from './sim-random.ts';

export type DiskOperation = 'open' | 'read' | 'write' | 'sync' | 'truncate' | 'rename' | 'list';

export interface DiskFault {
  readonly operation: DiskOperation;
  /** A part of the path; without it all paths. */
  readonly pathPart?: string;
  /** Without it until `clearFaults`. */
  readonly countMax?: number;
  /** EIO unless said otherwise. */
  readonly code?: string;
}

export class HostDisk {
  readonly tree = new FolderTree();
  /** How many times slower than usual. */
  slowness = 1;
  /** Bytes in all files (in pages); above it writes fail with ENOSPC. */
  #limitBytes = Number.POSITIVE_INFINITY;
  #faults: { readonly fault: DiskFault; left: number }[] = [];
  /** Folder -> what the present life took it with. */
  readonly locks = new Map<TreeNode, object>();

  /**
   * Makes operations fail. Of a failed write a part may be there, and what a failed sync left no later one makes durable; else nothing
   * of a failed operation happens. The result takes this fault away again.
   */
  fail(fault: DiskFault): () => void {
    const entry = { fault, left: fault.countMax ?? Number.POSITIVE_INFINITY };
    this.#faults.push(entry);
    return () => {
      this.#faults = this.#faults.filter((other) => other !== entry);
    };
  }

  clearFaults(): void {
    this.#faults = [];
  }

  /** Nothing more fits, until `makeRoom`. */
  fill(): void {
    this.#limitBytes = 0;
  }

  /** So many bytes more fit than are held now; without a number the disk is endless again. */
  makeRoom(roomBytes = Number.POSITIVE_INFINITY): void {
    this.#limitBytes = this.tree.heldBytes() + roomBytes;
  }

  /** Absolute paths of all files, sorted; those under `folder` when it is given. */
  filePaths(folder = '/'): readonly string[] {
    const prefix = folder.endsWith('/') ? folder : `${folder}/`;
    return this.tree.filePaths().filter((path) => path.startsWith(prefix));
  }

  has(path: string): boolean {
    return this.tree.find(path) !== undefined;
  }

  /** A copy of what a process would read. */
  readFile(path: string): Uint8Array {
    const file = this.tree.file(path);
    return file.read(0, file.size);
  }

  /** Replaces or makes the file, and its folders; durable. */
  writeFile(path: string, bytes: Uint8Array): void {
    this.tree.alter(() => {
      this.tree.makeFolder(`${path}/..`);
      this.tree.makeFile(path).alter((contents) => {
        contents.truncate(0);
        contents.write(0, bytes);
      });
    });
  }

  /** Rot: turns bits of one byte over. */
  flipBits(path: string, position: number, mask = 1): void {
    const file = this.tree.file(path);
    const [byte] = file.read(position, 1);
    if (byte === undefined) {
      throw new Error(`${path} has ${file.size} bytes; there is no byte ${position} to rot`);
    }
    file.alter((contents) => contents.write(position, Uint8Array.of(byte ^ mask)));
  }

  truncateFile(path: string, length: number): void {
    this.tree.file(path).alter((contents) => contents.truncate(length));
  }

  /** A file, or a folder with all in it. */
  remove(path: string): void {
    this.tree.alter(() => this.#removeAll(path));
  }

  /** A new, empty disk. */
  wipe(): void {
    this.tree.alter(() => {
      this.#removeAll(workingFolder);
      this.tree.makeFolder(workingFolder);
      for (const path of this.tree.filePaths()) this.tree.remove(path);
    });
    this.locks.clear();
  }

  losePower(random: SimRandom, unsynced?: UnsyncedWrites): void {
    this.tree.losePower(random, unsynced);
  }

  /** Throws when a fault says that the operation fails. */
  checkFaults(operation: DiskOperation, path: string): void {
    for (const entry of this.#faults) {
      const { fault } = entry;
      if (fault.operation !== operation || entry.left === 0) continue;
      if (fault.pathPart !== undefined && !path.includes(fault.pathPart)) continue;
      entry.left--;
      const code = fault.code ?? 'EIO';
      throw new DiskError(code, path, `${path}: ${operation} failed with ${code} (injected)`);
    }
  }

  /** Whether so many bytes more fit. */
  hasRoom(bytes: number): boolean {
    if (bytes === 0 || this.#limitBytes === Number.POSITIVE_INFINITY) return true;
    return this.tree.heldBytes() + bytes <= this.#limitBytes;
  }

  #removeAll(path: string): void {
    const node = this.tree.find(path);
    if (node?.kind === 'directory') {
      for (const name of [...node.entries.keys()]) this.#removeAll(`${path}/${name}`);
    }
    this.tree.remove(path);
  }
}
