/**
 * Reads EDN, the notation of Jepsen's histories: nil, booleans, numbers, strings, keywords and symbols (as their names), vectors, lists and sets (as
 * arrays), maps (as Map), tagged values (as the value), comments. A small one of its own, because this package has no dependencies.
 */
export class EdnError extends Error {
  override readonly name = 'EdnError';
}

/** A reader over one text; `next` gives one value after another, `undefined` at the end. */
export class EdnReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  next(): unknown {
    this.#skip();
    return this.#at >= this.#text.length ? undefined : this.#value();
  }

  #value(): unknown {
    const text = this.#text;
    const start = text[this.#at] as string;
    switch (start) {
      case '{':
        this.#at += 1;
        return this.#pairs(this.#until('}'));
      case '[':
        this.#at += 1;
        return this.#until(']');
      case '(':
        this.#at += 1;
        return this.#until(')');
      case '"':
        return this.#string();
      case '\\':
        return this.#character();
      case '#':
        return this.#dispatch();
      case '}':
      case ']':
      case ')':
        throw this.#error(`an unexpected "${start}"`);
      default:
        return this.#atom();
    }
  }

  #until(end: string): unknown[] {
    const items: unknown[] = [];
    for (;;) {
      this.#skip();
      if (this.#at >= this.#text.length) throw this.#error(`the end of the text, where "${end}" is missing`);
      if (this.#text[this.#at] === end) {
        this.#at += 1;
        return items;
      }
      items.push(this.#value());
    }
  }

  #pairs(items: unknown[]): Map<unknown, unknown> {
    if (items.length % 2 !== 0) throw this.#error('a map with a key without a value');
    const map = new Map<unknown, unknown>();
    for (let at = 0; at < items.length; at += 2) map.set(items[at], items[at + 1]);
    return map;
  }

  #dispatch(): unknown {
    const after = this.#text[this.#at + 1];
    if (after === '{') {
      this.#at += 2;
      return this.#until('}');
    }
    this.#at += 1;
    if (after === '_') {
      this.#at += 1;
      this.#skip();
      this.#value();
      return this.next();
    }
    if (after === '#') {
      // ##Inf, ##-Inf, ##NaN
      this.#at += 1;
      const name = this.#token();
      return name === 'Inf'
        ? Number.POSITIVE_INFINITY
        : name === '-Inf'
          ? Number.NEGATIVE_INFINITY
          : Number.NaN;
    }
    this.#token();
    this.#skip();
    return this.#value();
  }

  #string(): string {
    const text = this.#text;
    let end = this.#at + 1;
    let escaped = false;
    while (end < text.length && text[end] !== '"') {
      if (text[end] === '\\') {
        escaped = true;
        end += 1;
      }
      end += 1;
    }
    if (end >= text.length) throw this.#error('a string without an end');
    const raw = text.slice(this.#at + 1, end);
    this.#at = end + 1;
    if (!escaped) return raw;
    return raw.replace(/\\(u[0-9a-fA-F]{4}|.)/gs, (_, code: string) => {
      if (code.length === 5) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
      return escapes.get(code) ?? code;
    });
  }

  #character(): string {
    this.#at += 1;
    const first = this.#text[this.#at] ?? '';
    this.#at += 1;
    return /\w/.test(first) ? (characters.get(first + this.#token()) ?? first) : first;
  }

  #atom(): unknown {
    const token = this.#token();
    if (token === '') throw this.#error(`"${this.#text[this.#at]}", which begins nothing`);
    if (token === 'nil') return null;
    if (token === 'true') return true;
    if (token === 'false') return false;
    if (token.startsWith(':')) return token.slice(1);
    if (/^[+-]?\d+N?$/.test(token)) {
      const number = Number(token.replace('N', ''));
      return Number.isSafeInteger(number) ? number : BigInt(token.replace('N', '').replace('+', ''));
    }
    if (/^[+-]?\d+(\.\d*)?([eE][+-]?\d+)?M?$/.test(token)) return Number(token.replace('M', ''));
    return token;
  }

  #token(): string {
    tokenPattern.lastIndex = this.#at;
    const token = tokenPattern.exec(this.#text)?.[0] ?? '';
    this.#at += token.length;
    return token;
  }

  #skip(): void {
    gapPattern.lastIndex = this.#at;
    this.#at += gapPattern.exec(this.#text)?.[0].length ?? 0;
  }

  #error(found: string): EdnError {
    const line = this.#text.slice(0, this.#at).split('\n').length;
    return new EdnError(`line ${line}: found ${found}`);
  }
}

const tokenPattern = /[^\s,{}[\]()"\\;]*/y;
const gapPattern = /(?:[\s,]|;[^\n]*)*/y;
const escapes = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['b', '\b'],
  ['f', '\f'],
]);
const characters = new Map([
  ['newline', '\n'],
  ['space', ' '],
  ['tab', '\t'],
  ['return', '\r'],
]);
