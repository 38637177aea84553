/**
 * The text of RocketMQ's epoch file (epochFileCheckpoint).
 *
 *     number of entries \n
 *     CRC-32 of the entry lines with their line ends, without the sign bit; 0 = do not check \n
 *     { epoch - startOffset \n }
 */
import { Buffer } from 'node:buffer';
import { bodyCrc32 } from '../bytes/crc32.ts';
import { type EpochEntry, type EpochList, isEpochList } from './epoch-list.ts';

/** The file holds something else than a list of epochs. */
export class EpochFileError extends Error {
  override readonly name = 'EpochFileError';
}

export function encodeEpochFile(list: EpochList): Uint8Array {
  const lines = list.map((entry) => `${entry.epoch}-${entry.startOffset}\n`).join('');
  return Buffer.from(`${list.length}\n${bodyCrc32(Buffer.from(lines))}\n${lines}`);
}

export function decodeEpochFile(bytes: Uint8Array): EpochList {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const header = /^(\d{1,9})\r?\n(\d{1,10})\r?\n/.exec(text);
  if (header === null) {
    throw new EpochFileError(
      `wanted a line with a count and one with a CRC, got ${JSON.stringify(text.slice(0, 40))}`,
    );
  }
  const body = text.slice(header[0].length);
  const lines = body.split(/\r?\n/).filter((line) => line !== '');
  const count = Number(header[1]);
  if (lines.length !== count) throw new EpochFileError(`wanted ${count} entries, got ${lines.length}`);
  const crc = Number(header[2]);
  const found = bodyCrc32(Buffer.from(body));
  if (crc !== 0 && crc !== found) throw new EpochFileError(`wanted CRC ${crc}, got ${found}`);
  const list = lines.map(decodeEntry);
  if (!isEpochList(list)) throw new EpochFileError('epochs and offsets do not grow from entry to entry');
  return list;
}

function decodeEntry(line: string): EpochEntry {
  const match = /^(\d{1,15})-(\d{1,15})$/.exec(line);
  if (match === null)
    throw new EpochFileError(`wanted "epoch-offset", got ${JSON.stringify(line.slice(0, 40))}`);
  return { epoch: Number(match[1]), startOffset: Number(match[2]) };
}
