/**
 * The ROCKETMQ binary header, big endian:
 * int16 code | int8 language | int16 version | int32 opaque | int32 flag | int32 remark length | remark
 * | int32 length of all pairs | pairs of (int16 key length | key | int32 value length | value). A length 0 means null.
 */
import { Buffer } from 'node:buffer';
import { FrameError } from './frame-error.ts';
import { languageCode, languageName } from './language-code.ts';
import type { RemotingCommand } from './remoting-command.ts';

const fixedBytes = 21;

export function encodeBinaryHeader(header: RemotingCommand): Buffer {
  if (header.code < -32768 || header.code > 32767) {
    throw new RangeError(`a binary header holds 16-bit codes; send code ${header.code} with a JSON header`);
  }
  const remark = Buffer.from(header.remark ?? '', 'utf8');
  const pairs = encodePairs(header.extFields);
  const bytes = Buffer.alloc(fixedBytes + remark.length + pairs.length);
  bytes.writeInt16BE(header.code, 0);
  bytes.writeUInt8(languageCode(header.language), 2);
  bytes.writeInt16BE((header.version << 16) >> 16, 3);
  bytes.writeInt32BE(header.opaque, 5);
  bytes.writeInt32BE(header.flag, 9);
  bytes.writeInt32BE(remark.length, 13);
  remark.copy(bytes, 17);
  bytes.writeInt32BE(pairs.length, 17 + remark.length);
  pairs.copy(bytes, 21 + remark.length);
  return bytes;
}

function encodePairs(extFields: Readonly<Record<string, string>> | null): Buffer {
  const parts: Buffer[] = [];
  for (const [key, value] of Object.entries(extFields ?? {})) {
    const keyBytes = Buffer.from(key, 'utf8');
    const valueBytes = Buffer.from(value, 'utf8');
    if (keyBytes.length > 0x7fff) throw new RangeError(`a binary header holds keys of 32767 bytes at most`);
    const lengths = Buffer.alloc(6);
    lengths.writeInt16BE(keyBytes.length, 0);
    lengths.writeInt32BE(valueBytes.length, 2);
    parts.push(lengths.subarray(0, 2), keyBytes, lengths.subarray(2), valueBytes);
  }
  return Buffer.concat(parts);
}

export function parseBinaryHeader(bytes: Buffer, body: Uint8Array | null): RemotingCommand {
  if (bytes.length < fixedBytes) throw tooShort('header', fixedBytes, bytes.length);
  const remarkBytes = bytes.readInt32BE(13);
  if (remarkBytes < 0 || remarkBytes > bytes.length - fixedBytes) {
    throw tooShort('remark', remarkBytes, bytes.length - fixedBytes);
  }
  const pairsAt = 21 + remarkBytes;
  const pairsBytes = bytes.readInt32BE(17 + remarkBytes);
  if (pairsBytes < 0 || pairsBytes > bytes.length - pairsAt) {
    throw tooShort('extFields', pairsBytes, bytes.length - pairsAt);
  }
  return {
    code: bytes.readInt16BE(0),
    language: languageName(bytes.readUInt8(2)),
    version: bytes.readInt16BE(3),
    opaque: bytes.readInt32BE(5),
    flag: bytes.readInt32BE(9),
    remark: remarkBytes === 0 ? null : bytes.toString('utf8', 17, 17 + remarkBytes),
    extFields: pairsBytes === 0 ? null : parsePairs(bytes.subarray(pairsAt, pairsAt + pairsBytes)),
    body,
    serialization: 'rocketmq',
  };
}

function parsePairs(bytes: Buffer): Readonly<Record<string, string>> {
  // Later ones win: Java's fast codecs may write a field twice.
  const pairs = new Map<string, string>();
  let position = 0;
  const text = (lengthBytes: 2 | 4): string => {
    if (bytes.length - position < lengthBytes) throw tooShort('pair', lengthBytes, bytes.length - position);
    const length = lengthBytes === 2 ? bytes.readInt16BE(position) : bytes.readInt32BE(position);
    position += lengthBytes;
    if (length < 0 || length > bytes.length - position)
      throw tooShort('pair', length, bytes.length - position);
    position += length;
    return bytes.toString('utf8', position - length, position);
  };
  while (position < bytes.length) {
    const key = text(2);
    const value = text(4);
    if (key !== '' && value !== '') pairs.set(key, value);
  }
  return Object.fromEntries(pairs);
}

function tooShort(what: string, wanted: number, left: number): FrameError {
  return new FrameError(`the binary header's ${what} claims ${wanted} bytes, ${left} are there`, {
    kind: 'bad-header',
  });
}
