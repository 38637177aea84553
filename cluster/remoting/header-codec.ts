/**
 * Builds the codec of one header from its fields: extFields are strings on the wire, int and long in decimal, boolean
 * as true or false. Fields that a header does not know are ignored.
 */
import { HeaderError } from './header-error.ts';

export type ExtFields = Readonly<Record<string, string>>;

interface Field<T> {
  readonly wanted: string;
  /** Undefined: not a value of this kind. */
  readonly parse: (text: string) => T | undefined;
}

interface RequiredField<T> extends Field<T> {
  readonly presence: 'required';
}
interface OptionalField<T> extends Field<T> {
  readonly presence: 'optional';
}
/** What a missing field stands for; always written. */
interface DefaultedField<T> extends Field<T> {
  readonly presence: 'defaulted';
  readonly fallback: T;
}
type AnyField =
  | RequiredField<string | number | boolean>
  | OptionalField<string | number | boolean>
  | DefaultedField<string | number | boolean>;

type ValueOf<F> = F extends Field<infer T> ? T : never;
type Fields = Readonly<Record<string, AnyField>>;

export type HeaderOf<C> = C extends HeaderCodec<infer F> ? HeaderValues<F> : never;
type HeaderValues<F extends Fields> = {
  readonly [K in keyof F as F[K] extends OptionalField<infer _> ? never : K]: ValueOf<F[K]>;
} & {
  readonly [K in keyof F as F[K] extends OptionalField<infer _> ? K : never]?: ValueOf<F[K]> | undefined;
};

export interface HeaderCodec<F extends Fields> {
  /** Throws HeaderError. */
  decode(extFields: ExtFields | null): HeaderValues<F>;
  encode(header: HeaderValues<F>): Record<string, string>;
}

/** `name` is RocketMQ's: it stands in errors. */
export function headerCodec<const F extends Fields>(name: string, fields: F): HeaderCodec<F> {
  const entries = Object.entries(fields);
  return {
    decode: (extFields) => {
      const header: Record<string, string | number | boolean> = {};
      for (const [key, field] of entries) {
        const text = fieldText(extFields, key);
        if (text === undefined) {
          if (field.presence === 'required') throw new HeaderError(name, key, field.wanted, undefined);
          if (field.presence === 'defaulted') header[key] = field.fallback;
        } else {
          const value = field.parse(text);
          if (value === undefined) throw new HeaderError(name, key, field.wanted, text);
          header[key] = value;
        }
      }
      return header as HeaderValues<F>;
    },
    encode: (header) => {
      const extFields: Record<string, string> = {};
      const values = header as Readonly<Record<string, string | number | boolean | undefined>>;
      for (const [key] of entries) {
        const value = values[key];
        if (value !== undefined) extFields[key] = String(value);
      }
      return extFields;
    },
  };
}

/** Own members only: a field called "constructor" is not there unless it was sent. */
export function fieldText(extFields: ExtFields | null, key: string): string | undefined {
  return extFields !== null && Object.hasOwn(extFields, key) ? extFields[key] : undefined;
}

const stringField: Field<string> = { wanted: 'a string', parse: (text) => text };
const intField: Field<number> = { wanted: 'a 32-bit integer', parse: parseInt32 };
const longField: Field<number> = { wanted: 'an integer below 2^53', parse: parseLong };
const booleanField: Field<boolean> = { wanted: 'true or false', parse: parseBoolean };

export const requiredString: RequiredField<string> = { ...stringField, presence: 'required' };
export const requiredInt: RequiredField<number> = { ...intField, presence: 'required' };
export const requiredLong: RequiredField<number> = { ...longField, presence: 'required' };
export const requiredBoolean: RequiredField<boolean> = { ...booleanField, presence: 'required' };
export const optionalString: OptionalField<string> = { ...stringField, presence: 'optional' };
export const optionalInt: OptionalField<number> = { ...intField, presence: 'optional' };
export const optionalLong: OptionalField<number> = { ...longField, presence: 'optional' };
export const optionalBoolean: OptionalField<boolean> = { ...booleanField, presence: 'optional' };

export function stringOr(fallback: string): DefaultedField<string> {
  return { ...stringField, presence: 'defaulted', fallback };
}
export function intOr(fallback: number): DefaultedField<number> {
  return { ...intField, presence: 'defaulted', fallback };
}
export function longOr(fallback: number): DefaultedField<number> {
  return { ...longField, presence: 'defaulted', fallback };
}
export function booleanOr(fallback: boolean): DefaultedField<boolean> {
  return { ...booleanField, presence: 'defaulted', fallback };
}

/** Undefined when `text` is not a decimal 32-bit integer. */
export function parseInt32(text: string): number | undefined {
  const value = parseLong(text);
  return value !== undefined && (value | 0) === value ? value : undefined;
}

/** Undefined when `text` is not a decimal integer that a number holds exactly. By hand: this runs per message. */
export function parseLong(text: string): number | undefined {
  const length = text.length;
  const first = text.charCodeAt(0);
  const start = first === 45 || first === 43 ? 1 : 0;
  if (length === start || length > 20) return undefined;
  let value = 0;
  for (let index = start; index < length; index++) {
    const digit = text.charCodeAt(index) - 48;
    if (!(digit >= 0 && digit <= 9)) return undefined;
    value = value * 10 + digit;
  }
  if (value > Number.MAX_SAFE_INTEGER) return undefined;
  // 0 - 0 is 0, where -0 would be printed and compared oddly.
  return first === 45 ? 0 - value : value;
}

function parseBoolean(text: string): boolean | undefined {
  if (text === 'true') return true;
  return text === 'false' ? false : undefined;
}
