/**
 * Reads the JSON headers that Java and we write without building an object of their extFields: that would cost more
 * than all the rest of a message. The shape is
 *   {"code":N,"extFields":{...},"flag":N,"language":"JAVA","opaque":N,"serializeTypeCurrentRPC":"JSON","version":N}
 * with "extFields" possibly absent. Any other header is for parseJsonHeader.
 */
import { Buffer } from 'node:buffer';
import { viewOf } from '../bytes/int64.ts';
import { KnownBytes } from '../bytes/known-bytes.ts';
import { parseExtFields } from './json-header.ts';
import type { RemotingCommand } from './remoting-command.ts';

const head = new KnownBytes(Buffer.from('{"code":'));
const extFieldsKey = new KnownBytes(Buffer.from(',"extFields":'));
const flagKey = new KnownBytes(Buffer.from(',"flag":'));
const opaqueKey = new KnownBytes(Buffer.from(',"language":"JAVA","opaque":'));
const versionKey = new KnownBytes(Buffer.from(',"serializeTypeCurrentRPC":"JSON","version":'));

/** More digits than an int32 has are left to the ordinary way. */
const digitsMax = 9;
const openBrace = 123;
const noBytes = Buffer.alloc(0);
const noView = viewOf(noBytes);
const closeBrace = 125;

/** A command whose extFields are parsed when somebody asks; malformed ones throw FrameError then. */
export class LazyJsonCommand implements RemotingCommand {
  readonly code: number;
  readonly language = 'JAVA';
  readonly version: number;
  readonly opaque: number;
  readonly flag: number;
  readonly remark = null;
  body: Uint8Array | null;
  readonly serialization = 'json';
  /** Where the header lies. */
  bytes: Buffer;
  /** Of the same bytes. */
  view: DataView;
  /** The JSON of extFields within `bytes`, unchecked but for the braces; both 0 when there are none. */
  readonly fieldsStart: number;
  readonly fieldsEnd: number;
  #extFields: Readonly<Record<string, string>> | null | undefined;

  constructor(
    code: number,
    flag: number,
    opaque: number,
    version: number,
    bytes: Buffer,
    view: DataView,
    fieldsStart: number,
    fieldsEnd: number,
    body: Uint8Array | null,
  ) {
    this.code = code;
    this.flag = flag;
    this.opaque = opaque;
    this.version = version;
    this.bytes = bytes;
    this.view = view;
    this.fieldsStart = fieldsStart;
    this.fieldsEnd = fieldsEnd;
    this.body = body;
    this.#extFields = fieldsEnd === 0 ? null : undefined;
  }

  /** Lets go of body and extFields, and so of all that arrived with them: for who keeps the command until its answer. */
  release(): void {
    this.body = null;
    this.bytes = noBytes;
    this.view = noView;
    this.#extFields ??= null;
  }

  /** Empty when there are no extFields. */
  get extFieldsJson(): string {
    return this.bytes.toString('utf8', this.fieldsStart, this.fieldsEnd);
  }

  get extFields(): Readonly<Record<string, string>> | null {
    if (this.#extFields === undefined) this.#extFields = parseExtFields(this.extFieldsJson);
    return this.#extFields;
  }

  parseExtFields(): void {
    void this.extFields;
  }
}

/** The header is `bytes` from `start` to `end`, `view` the same bytes. Undefined when it has another shape. */
export function lazyJsonCommand(
  bytes: Buffer,
  view: DataView,
  start: number,
  end: number,
  body: Uint8Array | null,
): LazyJsonCommand | undefined {
  // From the end backwards: the numbers behind extFields stand at places that their digits tell.
  const versionEnd = end - 1;
  const versionAt = digitsStart(bytes, start, versionEnd);
  const opaqueEnd = versionAt - versionKey.length;
  if (versionAt === versionEnd || !isAt(view, start, opaqueEnd, versionKey)) return undefined;
  const opaqueAt = digitsStart(bytes, start, opaqueEnd);
  const flagEnd = opaqueAt - opaqueKey.length;
  if (opaqueAt === opaqueEnd || !isAt(view, start, flagEnd, opaqueKey)) return undefined;
  const flagAt = digitsStart(bytes, start, flagEnd);
  const flagKeyAt = flagAt - flagKey.length;
  if (flagAt === flagEnd || !isAt(view, start, flagKeyAt, flagKey)) return undefined;
  const codeAt = start + head.length;
  let codeEnd = codeAt;
  while (codeEnd < flagKeyAt && isDigit(bytes[codeEnd])) codeEnd++;
  if (codeEnd === codeAt || codeEnd - codeAt > digitsMax || !isAt(view, start, start, head)) return undefined;
  let fieldsStart = 0;
  if (codeEnd !== flagKeyAt) {
    fieldsStart = codeEnd + extFieldsKey.length;
    if (fieldsStart >= flagKeyAt || !isAt(view, start, codeEnd, extFieldsKey)) return undefined;
    if (bytes[fieldsStart] !== openBrace || bytes[flagKeyAt - 1] !== closeBrace) return undefined;
  }
  return new LazyJsonCommand(
    integer(bytes, codeAt, codeEnd),
    integer(bytes, flagAt, flagEnd),
    integer(bytes, opaqueAt, opaqueEnd),
    integer(bytes, versionAt, versionEnd),
    bytes,
    view,
    fieldsStart,
    fieldsStart === 0 ? 0 : flagKeyAt,
    body,
  );
}

function isAt(view: DataView, start: number, at: number, wanted: KnownBytes): boolean {
  return at >= start && wanted.isAt(view, at);
}

/** `end` when no digit stands before it, or too many. */
function digitsStart(bytes: Buffer, start: number, end: number): number {
  let at = end;
  while (at > start && isDigit(bytes[at - 1])) at--;
  return end - at > digitsMax ? end : at;
}

function integer(bytes: Buffer, start: number, end: number): number {
  let value = 0;
  for (let index = start; index < end; index++) value = value * 10 + (bytes[index] ?? 0) - 48;
  return value;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 48 && byte <= 57;
}
