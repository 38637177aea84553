/** Files. Paths are absolute or relative to the node's working folder, with '/' between names. */

/** `code`: 'ENOENT' | 'ENOSPC' | 'EIO' | 'EACCES' | 'EEXIST' | 'EISDIR' | ... as Node names them. */
export class DiskError extends Error {
  override readonly name = 'DiskError';
  readonly code: string;
  readonly path: string;
  constructor(code: string, path: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.path = path;
  }
}

export interface DiskFile {
  readonly path: string;
  /** Bytes. */
  size(): Promise<number>;
  /** Returns the bytes of [position, position+length), fewer where the file ends. */
  read(position: number, length: number): Promise<Uint8Array>;
  /**
   * Writes all of `bytes` at `position` (a gap before it reads as zeros). When it resolves the bytes survive the death of this process,
   * not of the machine. `bytes` must not be changed until then. Writes of one file that overlap in time must not overlap in place.
   */
  write(position: number, bytes: Uint8Array): Promise<void>;
  /** When it resolves, all that was written before the call survives a crash of the machine (fdatasync; sizes included). */
  sync(): Promise<void>;
  /** Cuts or extends (with zeros, sparse) to `length` bytes. Not durable before `sync`. */
  truncate(length: number): Promise<void>;
  close(): Promise<void>;
}

export interface FileStatus {
  readonly kind: 'file' | 'directory';
  /** Bytes. */
  readonly size: number;
}

export interface Disk {
  /** Opens for reading and writing. `create` makes it when missing; else a missing file rejects with ENOENT. */
  open(path: string, options?: { readonly create?: boolean }): Promise<DiskFile>;
  /** Undefined when there is nothing at `path`. */
  status(path: string): Promise<FileStatus | undefined>;
  /** Names (not paths) in a folder, sorted; an empty list when the folder is missing. */
  list(directory: string): Promise<readonly string[]>;
  /** Makes the folder and its parents; nothing happens when it is there. */
  makeDirectory(path: string): Promise<void>;
  /** Atomic; replaces `to`. Durable after `syncDirectory` of the folder(s). */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file or an empty folder; nothing happens when it is missing. */
  remove(path: string): Promise<void>;
  /** When it resolves, names made, renamed and removed in the folder survive a crash of the machine. */
  syncDirectory(path: string): Promise<void>;
  /**
   * Takes the folder for this process alone until the process dies or `release`; rejects with DiskError EBUSY when another one holds it.
   */
  lock(path: string): Promise<{ release(): Promise<void> }>;
}
