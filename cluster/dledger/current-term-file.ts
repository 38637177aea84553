/**
 * Term and vote of one member: the lines currTerm=<number>, voteLeader=<id or nothing>, crc=<8 hex digits of the lines before it>.
 * A write replaces the whole file and is durable when it resolves, so no crash leaves a member with half a vote.
 */
import { Buffer } from 'node:buffer';
import { crc32 } from '../bytes/crc32.ts';
import type { HardState } from '../raft/raft-effect.ts';
import type { Disk } from '../runtime/disk.ts';
import { replaceFile } from '../runtime/replace-file.ts';
import { DledgerStoreError } from './dledger-errors.ts';

export async function writeCurrentTerm(disk: Disk, directory: string, hardState: HardState): Promise<void> {
  await replaceFile(disk, `${directory}/currterm`, Buffer.from(encodeCurrentTerm(hardState)));
}

/** Undefined when there is no file. */
export async function readCurrentTerm(disk: Disk, directory: string): Promise<HardState | undefined> {
  const path = `${directory}/currterm`;
  if ((await disk.status(path)) === undefined) return undefined;
  const file = await disk.open(path);
  try {
    const bytes = await file.read(0, await file.size());
    const hardState = decodeCurrentTerm(Buffer.from(bytes).toString());
    if (hardState === undefined) {
      throw new DledgerStoreError(
        path,
        'wanted the lines currTerm, voteLeader and crc as they were written, got something else',
      );
    }
    return hardState;
  } finally {
    await file.close();
  }
}

export function encodeCurrentTerm({ term, vote }: HardState): string {
  const lines = `currTerm=${term}\nvoteLeader=${vote ?? ''}\n`;
  return `${lines}crc=${crcOf(lines)}\n`;
}

export function decodeCurrentTerm(text: string): HardState | undefined {
  const match =
    /^(?<lines>currTerm=(?<term>\d{1,15})\nvoteLeader=(?<vote>[^\n]*)\n)crc=(?<crc>[0-9a-f]{8})\n$/.exec(
      text,
    );
  const { lines = '', term, vote, crc } = match?.groups ?? {};
  if (crc === undefined || crc !== crcOf(lines)) return undefined;
  return { term: Number(term), vote: vote === '' ? undefined : vote };
}

function crcOf(lines: string): string {
  return crc32(Buffer.from(lines)).toString(16).padStart(8, '0');
}
