/**
 * Reads the JSON headers that Java and we write without building an object of their extFields: that would cost more
 * than all the rest of a message. The shape is
 *   {"code":N,"extFields":{...},"flag":N,"language":"JAVA","opaque":N,"serializeTypeCurrentRPC":"JSON","version":N}
 * with "extFields" possibly absent. Any other header is for parseJsonHeader.
 */
import { parseJsonHeader } from './json-header.ts';
import type { RemotingCommand } from './remoting-command.ts';

const head = '{"code":';
const extFieldsKey = ',"extFields":{';
const flagKey = ',"flag":';
const opaqueKey = ',"language":"JAVA","opaque":';
const versionKey = ',"serializeTypeCurrentRPC":"JSON","version":';

/** A command whose extFields are parsed when somebody asks; malformed ones throw FrameError then. */
export class LazyJsonCommand implements RemotingCommand {
  readonly code: number;
  readonly language = 'JAVA';
  readonly version: number;
  readonly opaque: number;
  readonly flag: number;
  readonly remark = null;
  readonly body: Uint8Array | null;
  readonly serialization = 'json';
  /** The whole header. */
  readonly text: string;
  /** Where the first field of extFields begins and behind the last one; both 0 when there are no extFields. */
  readonly fieldsStart: number;
  readonly fieldsEnd: number;
  #extFields: Readonly<Record<string, string>> | null | undefined;

  constructor(
    text: string,
    fieldsStart: number,
    fieldsEnd: number,
    code: number,
    flag: number,
    opaque: number,
    version: number,
    body: Uint8Array | null,
  ) {
    this.text = text;
    this.fieldsStart = fieldsStart;
    this.fieldsEnd = fieldsEnd;
    this.code = code;
    this.flag = flag;
    this.opaque = opaque;
    this.version = version;
    this.body = body;
    this.#extFields = fieldsStart === 0 ? null : undefined;
  }

  get extFields(): Readonly<Record<string, string>> | null {
    if (this.#extFields === undefined) this.#extFields = parseJsonHeader(this.text, null).extFields;
    return this.#extFields;
  }

  parseExtFields(): void {
    void this.extFields;
  }
}

/** Undefined when the header has another shape. */
export function lazyJsonCommand(text: string, body: Uint8Array | null): LazyJsonCommand | undefined {
  // From the end backwards: the numbers behind extFields stand at places that their digits tell.
  const versionAt = digitsStart(text, text.length - 1);
  const opaqueEnd = versionAt - versionKey.length;
  if (versionAt === text.length - 1 || !text.startsWith(versionKey, opaqueEnd)) return undefined;
  const opaqueAt = digitsStart(text, opaqueEnd);
  const flagEnd = opaqueAt - opaqueKey.length;
  if (opaqueAt === opaqueEnd || !text.startsWith(opaqueKey, flagEnd)) return undefined;
  const flagAt = flagEnd - 1;
  const flag = text.charCodeAt(flagAt) - 48;
  const flagKeyAt = flagAt - flagKey.length;
  if (!(flag >= 0 && flag <= 9) || !text.startsWith(flagKey, flagKeyAt) || !text.startsWith(head))
    return undefined;
  let codeEnd = head.length;
  while (isDigit(text.charCodeAt(codeEnd))) codeEnd++;
  const code = integer(text, head.length, codeEnd);
  const opaque = integer(text, opaqueAt, opaqueEnd);
  const version = integer(text, versionAt, text.length - 1);
  if (codeEnd === head.length || code > 0x7fffffff || opaque > 0x7fffffff || version > 0x7fffffff)
    return undefined;
  if (codeEnd === flagKeyAt) return new LazyJsonCommand(text, 0, 0, code, flag, opaque, version, body);
  const fieldsStart = codeEnd + extFieldsKey.length;
  const fieldsEnd = flagKeyAt - 1;
  if (
    !text.startsWith(extFieldsKey, codeEnd) ||
    text.charCodeAt(fieldsEnd) !== 125 ||
    fieldsEnd < fieldsStart
  ) {
    return undefined;
  }
  return new LazyJsonCommand(text, fieldsStart, fieldsEnd, code, flag, opaque, version, body);
}

function digitsStart(text: string, end: number): number {
  let start = end;
  while (start > 0 && isDigit(text.charCodeAt(start - 1))) start--;
  return start;
}

function integer(text: string, start: number, end: number): number {
  let value = 0;
  for (let index = start; index < end; index++) value = value * 10 + text.charCodeAt(index) - 48;
  return value;
}

function isDigit(unit: number): boolean {
  return unit >= 48 && unit <= 57;
}
