/**
 * The newest masterEpoch this replica ever accepted, and who owns it: a promise never to follow, acknowledge or confirm an older one.
 *
 *     masterEpoch=5\n
 *     masterBrokerId=2\n
 *     crc=CRC-32 of the two lines above\n
 */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { crc32 } from '../bytes/crc32.ts';
import { makeDurableFolder, parentOf } from '../runtime/durable-folder.ts';
import { readWholeFile, replaceFile } from '../runtime/replace-file.ts';
import type { Runtime } from '../runtime/runtime.ts';

export interface RoleEpoch {
  /** 0 before the first role. */
  readonly masterEpoch: number;
  readonly masterBrokerId: number;
}

export function encodeRoleEpoch(role: RoleEpoch): Uint8Array {
  const lines = `masterEpoch=${role.masterEpoch}\nmasterBrokerId=${role.masterBrokerId}\n`;
  return Buffer.from(`${lines}crc=${crc32(Buffer.from(lines))}\n`);
}

/** Undefined when the bytes are no such file. */
export function decodeRoleEpoch(bytes: Uint8Array): RoleEpoch | undefined {
  const text = Buffer.from(bytes).toString('utf8');
  const match = /^(masterEpoch=(\d{1,15})\nmasterBrokerId=(-?\d{1,15})\n)crc=(\d{1,10})\n$/.exec(text);
  if (match === null || crc32(Buffer.from(match[1] ?? '')) !== Number(match[4])) return undefined;
  return { masterEpoch: Number(match[2]), masterBrokerId: Number(match[3]) };
}

export class RoleEpochFile {
  readonly #runtime: Runtime;
  readonly #path: string;
  #role: RoleEpoch = { masterEpoch: 0, masterBrokerId: -1 };

  constructor(runtime: Runtime, path: string) {
    this.#runtime = runtime;
    this.#path = path;
  }

  async load(): Promise<'loaded' | 'missing' | 'damaged'> {
    await makeDurableFolder(this.#runtime.disk, parentOf(this.#path));
    const bytes = await readWholeFile(this.#runtime.disk, this.#path);
    if (bytes === undefined) return 'missing';
    const role = decodeRoleEpoch(bytes);
    if (role === undefined) return 'damaged';
    this.#role = role;
    return 'loaded';
  }

  /** What is on the disk. */
  current(): RoleEpoch {
    return this.#role;
  }

  /** Durable when it resolves. Only forward. */
  async advance(role: RoleEpoch): Promise<void> {
    assert(
      role.masterEpoch > this.#role.masterEpoch,
      `role epoch ${role.masterEpoch} is not newer than ${this.#role.masterEpoch}`,
    );
    await replaceFile(this.#runtime.disk, this.#path, encodeRoleEpoch(role));
    this.#role = role;
  }

  /** For a log whose role epoch file is missing or damaged: its epochs are a lower bound of what was accepted. */
  assume(masterEpoch: number): void {
    if (masterEpoch > this.#role.masterEpoch) this.#role = { masterEpoch, masterBrokerId: -1 };
  }
}
