/**
 * The JSON header: {"code","extFields","flag","language","opaque","remark","serializeTypeCurrentRPC","version"},
 * keys in this order, compact (a Go parser depends on it), null members left out.
 */
import { type FastjsonObject, parseFastjsonObject } from './fastjson.ts';
import { FrameError } from './frame-error.ts';
import { languageName } from './language-code.ts';
import { ourLanguage, ourVersion, type RemotingCommand } from './remoting-command.ts';

export function jsonHeaderText(command: RemotingCommand): string {
  const { code, extFields, flag, language, opaque, remark, version } = command;
  return JSON.stringify({
    code,
    ...(extFields === null ? undefined : { extFields }),
    flag,
    language,
    opaque,
    ...(remark === null ? undefined : { remark }),
    serializeTypeCurrentRPC: 'JSON',
    version,
  });
}

const ourTail = `,"serializeTypeCurrentRPC":"JSON","version":${ourVersion}}`;
const ourOpaqueKey = `,"language":"${ourLanguage}","opaque":`;

/** As jsonHeaderText with our language and version, and extFields as JSON; concatenated, since it runs per message. */
export function ourJsonHeaderText(
  code: number,
  flag: number,
  opaque: number,
  remark: string | null,
  extFieldsJson: string | null,
): string {
  const head = extFieldsJson === null ? `{"code":${code}` : `{"code":${code},"extFields":${extFieldsJson}`;
  const numbers = `${head},"flag":${flag}${ourOpaqueKey}${opaque}`;
  return remark === null ? numbers + ourTail : `${numbers},"remark":${JSON.stringify(remark)}${ourTail}`;
}

export function parseJsonHeader(text: string, body: Uint8Array | null): RemotingCommand {
  const parsed = parseObject(text, 'header');
  return {
    code: int32(parsed['code'], 'code', text),
    language: language(parsed['language']),
    version: int32(parsed['version'], 'version', text),
    opaque: int32(parsed['opaque'], 'opaque', text),
    flag: int32(parsed['flag'], 'flag', text),
    remark: remark(parsed['remark'], text),
    extFields: extFields(parsed['extFields'], text),
    body,
    serialization: 'json',
  };
}

/** The extFields alone, from their JSON. */
export function parseExtFields(json: string): Readonly<Record<string, string>> | null {
  const parsed = parseObject(json, 'extFields');
  return allStrings(parsed) ?? coerced(parsed, () => exactNumbers(json));
}

function parseObject(text: string, what: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new FrameError(`the frame's ${what}: not JSON: ${excerpt(text)}`, {
      kind: 'bad-header',
      cause: error,
    });
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new FrameError(`the frame's ${what}: not a JSON object: ${excerpt(text)}`, { kind: 'bad-header' });
  }
  return parsed as Record<string, unknown>;
}

function int32(value: unknown, field: string, text: string): number {
  if (typeof value === 'number' && (value | 0) === value) return value;
  if (value === undefined || value === null) return 0;
  throw new FrameError(`the header's "${field}" is not a 32-bit integer: ${excerpt(text)}`, {
    kind: 'bad-header',
  });
}

function language(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? languageName(value) : 'JAVA';
}

function remark(value: unknown, text: string): string | null {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return null;
  throw new FrameError(`the header's "remark" is not a string: ${excerpt(text)}`, { kind: 'bad-header' });
}

function extFields(value: unknown, text: string): Readonly<Record<string, string>> | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new FrameError(`the header's "extFields" is not an object: ${excerpt(text)}`, {
      kind: 'bad-header',
    });
  }
  return allStrings(value) ?? coerced(value, () => exactNumbers(text)['extFields'] as FastjsonObject);
}

/** The object itself when every value is a string, as nearly always. */
function allStrings(value: object): Readonly<Record<string, string>> | undefined {
  for (const key in value) {
    if (typeof (value as Record<string, unknown>)[key] !== 'string') return undefined;
  }
  return value as Record<string, string>;
}

/**
 * Some clients (ali-ons) write raw numbers and booleans; fastjson reads them as strings, and so do we. `json` is asked
 * again where JSON.parse has rounded a number.
 */
function coerced(value: object, json: () => object): Readonly<Record<string, string>> {
  const isRounded = Object.values(value).some(
    (entry) => typeof entry === 'number' && !Number.isSafeInteger(entry),
  );
  const strings: [string, string][] = [];
  for (const [key, entry] of Object.entries(isRounded ? json() : value)) {
    if (entry === null) continue;
    if (typeof entry === 'object') {
      throw new FrameError(`the header's "extFields" hold no string at ${excerpt(key)}`, {
        kind: 'bad-header',
      });
    }
    strings.push([key, String(entry)]);
  }
  return Object.fromEntries(strings);
}

/** Throws FrameError where it is nested too deeply. */
function exactNumbers(text: string): FastjsonObject {
  try {
    return parseFastjsonObject(text);
  } catch (error) {
    throw new FrameError(`the frame's header cannot be read: ${excerpt(text)}`, {
      kind: 'bad-header',
      cause: error,
    });
  }
}

function excerpt(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text);
}
