/**
 * Reads JSON bodies as Java's fastjson writes them: JSON, with unquoted integer keys ({0:"a"}) and whole objects as
 * keys ({{"topic":"T","queueId":1}:5}). We write strict JSON (JSON.stringify), which every checked client reads.
 */

export type FastjsonValue =
  | null
  | boolean
  | number
  /** An integer that a number cannot hold exactly. */
  | bigint
  | string
  | FastjsonValue[]
  | FastjsonObject;
/** A key that was an object is its compact JSON text, members in the order they came. */
export interface FastjsonObject {
  [key: string]: FastjsonValue;
}

export class FastjsonError extends Error {
  override readonly name = 'FastjsonError';
  readonly position: number;
  constructor(wanted: string, text: string, position: number) {
    const got = position < text.length ? JSON.stringify(text.slice(position, position + 20)) : 'the end';
    super(`fastjson at ${position}: wanted ${wanted}, got ${got}`);
    this.position = position;
  }
}

/** Deeper nesting is refused: no body of the protocol comes near, and a hostile one must not exhaust the stack. */
const depthMax = 64;

export function parseFastjson(text: string): FastjsonValue {
  return parseStrict(text) ?? parseLoosely(text);
}

/** Strict JSON, as we and most write it, at the speed of JSON.parse; undefined where the reader below must look, if only to say what is wrong. */
function parseStrict(text: string): FastjsonValue | undefined {
  try {
    const value: FastjsonValue = JSON.parse(text);
    return isPlain(value, 0) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Neither nested too deeply nor with an integer that was rounded. */
function isPlain(value: FastjsonValue, depth: number): boolean {
  if (typeof value === 'number') return !Number.isInteger(value) || Number.isSafeInteger(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth >= depthMax) return false;
  if (Array.isArray(value)) return value.every((item) => isPlain(item, depth + 1));
  for (const key in value) if (!isPlain(value[key] ?? null, depth + 1)) return false;
  return true;
}

function parseLoosely(text: string): FastjsonValue {
  const reader = new FastjsonReader(text);
  const value = reader.value(0);
  reader.end();
  return value;
}

/** As parseFastjson, for a body that must be an object. */
export function parseFastjsonObject(text: string): FastjsonObject {
  const value = parseFastjson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new FastjsonError('an object', text, 0);
  }
  return value;
}

/** Compact strict JSON of a parsed value; big integers are written as plain numbers. */
export function fastjsonText(value: FastjsonValue): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(fastjsonText).join(',')}]`;
  const members = Object.entries(value).map(
    ([key, entry]) => `${JSON.stringify(key)}:${fastjsonText(entry)}`,
  );
  return `{${members.join(',')}}`;
}

const numberPattern = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const stringPattern = /"[^"\\]*(?:\\.[^"\\]*)*"/sy;
const integerKeyPattern = /-?\d+/y;
const blankPattern = /[ \t\r\n]*/y;

function stringOf(quoted: string): string | undefined {
  try {
    return JSON.parse(quoted);
  } catch {
    return undefined;
  }
}

class FastjsonReader {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): FastjsonValue {
    if (depth > depthMax) throw this.#error(`at most ${depthMax} levels`);
    this.#match(blankPattern);
    const first = this.#text[this.#position];
    switch (first) {
      case '{':
        return this.#object(depth);
      case '[':
        return this.#array(depth);
      case '"':
        return this.#string();
      case 't':
        return this.#word('true', true);
      case 'f':
        return this.#word('false', false);
      case 'n':
        return this.#word('null', null);
      default:
        return this.#number();
    }
  }

  end(): void {
    this.#match(blankPattern);
    if (this.#position < this.#text.length) throw this.#error('the end');
  }

  #object(depth: number): FastjsonObject {
    const members: [string, FastjsonValue][] = [];
    this.#position++;
    if (this.#take('}')) return {};
    do {
      const key = this.#key(depth);
      if (!this.#take(':')) throw this.#error("':'");
      members.push([key, this.value(depth + 1)]);
    } while (this.#take(','));
    if (!this.#take('}')) throw this.#error("',' or '}'");
    // fromEntries makes own members of every name, "__proto__" included.
    return Object.fromEntries(members);
  }

  #key(depth: number): string {
    this.#match(blankPattern);
    const first = this.#text[this.#position];
    if (first === '"') return this.#string();
    if (first === '{') return fastjsonText(this.value(depth + 1));
    const integer = this.#match(integerKeyPattern);
    if (integer === undefined) throw this.#error('a key (a string, an integer or an object)');
    return integer;
  }

  #array(depth: number): FastjsonValue[] {
    const items: FastjsonValue[] = [];
    this.#position++;
    if (this.#take(']')) return items;
    do {
      items.push(this.value(depth + 1));
    } while (this.#take(','));
    if (!this.#take(']')) throw this.#error("',' or ']'");
    return items;
  }

  #string(): string {
    const start = this.#position;
    const quoted = this.#match(stringPattern);
    if (quoted === undefined) throw this.#error('a closed string');
    const text = stringOf(quoted);
    if (text !== undefined) return text;
    this.#position = start;
    throw this.#error('a string with legal escapes');
  }

  #number(): number | bigint {
    const digits = this.#match(numberPattern);
    if (digits === undefined) throw this.#error('a value');
    const number = Number(digits);
    return Number.isInteger(number) && !Number.isSafeInteger(number) && /^-?\d+$/.test(digits)
      ? BigInt(digits)
      : number;
  }

  #word<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#position)) throw this.#error('a value');
    this.#position += word.length;
    return value;
  }

  #take(character: string): boolean {
    this.#match(blankPattern);
    if (this.#text[this.#position] !== character) return false;
    this.#position++;
    return true;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#position;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#position += found.length;
    return found;
  }

  #error(wanted: string): FastjsonError {
    return new FastjsonError(wanted, this.#text, this.#position);
  }
}
