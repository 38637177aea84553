/** A part of a JSON text that came from outside: each question says what was wanted, where, and what came. */
import { UsageError } from '../usage-error.ts';

export class JsonPart {
  /** 'scenario.schedule[2].atMs'. */
  readonly path: string;
  readonly #value: unknown;

  constructor(value: unknown, path: string) {
    this.#value = value;
    this.path = path;
  }

  static parse(text: string, path: string): JsonPart {
    try {
      return new JsonPart(JSON.parse(text), path);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new UsageError(`${path}: wanted JSON: ${reason}`, { cause: error });
    }
  }

  get isMissing(): boolean {
    return this.#value === undefined;
  }

  at(name: string): JsonPart {
    return new JsonPart(this.#object()[name], `${this.path}.${name}`);
  }

  names(): string[] {
    return Object.keys(this.#object());
  }

  #object(): Readonly<Record<string, unknown>> {
    const value = this.#value;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return this.refuse('an object');
    return value as Readonly<Record<string, unknown>>;
  }

  list<T>(read: (part: JsonPart) => T): T[] {
    if (!Array.isArray(this.#value)) this.refuse('a list');
    return (this.#value as unknown[]).map((value, at) => read(new JsonPart(value, `${this.path}[${at}]`)));
  }

  /** Undefined where there is nothing. */
  optional<T>(read: (part: JsonPart) => T): T | undefined {
    return this.isMissing ? undefined : read(this);
  }

  text(): string {
    return typeof this.#value === 'string' ? this.#value : this.refuse('a text');
  }

  flag(): boolean {
    return typeof this.#value === 'boolean' ? this.#value : this.refuse('true or false');
  }

  anyNumber(): number {
    return typeof this.#value === 'number' ? this.#value : this.refuse('a number');
  }

  number(): number {
    const value = this.#value;
    return typeof value === 'number' && value >= 0 ? value : this.refuse('a number, 0 or more');
  }

  count(): number {
    const value = this.#value;
    return Number.isSafeInteger(value) && Number(value) >= 0
      ? Number(value)
      : this.refuse('a whole number, 0 or more');
  }

  oneOf<T extends string>(known: readonly T[]): T {
    const found = known.find((name) => name === this.#value);
    return found ?? this.refuse(`one of ${known.join(', ')}`);
  }

  refuse(wanted: string): never {
    const got = this.isMissing ? 'nothing' : JSON.stringify(this.#value).slice(0, 80);
    throw new UsageError(`${this.path}: wanted ${wanted}, got ${got}`);
  }
}
