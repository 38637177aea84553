/** The keys of a properties file as data: name, kind, default and bounds in one table, from which values are read and documented. */

interface KeyText {
  /** As RocketMQ spells it. */
  readonly name: string;
  /** One line: what it does; where our default is not RocketMQ's, theirs and why. */
  readonly doc: string;
}

export interface IntegerKey extends KeyText {
  /** 'int' is 32 bits wide in RocketMQ, 'long' 64; here both are safe integers. */
  readonly kind: 'int' | 'long';
  readonly default: number;
  readonly min?: number;
  readonly max?: number;
}

export interface BooleanKey extends KeyText {
  readonly kind: 'boolean';
  readonly default: boolean;
}

export interface StringKey extends KeyText {
  readonly kind: 'string';
  readonly default: string;
}

export interface EnumKey extends KeyText {
  readonly kind: 'enum';
  readonly default: string;
  readonly values: readonly string[];
}

export type ConfigKey = IntegerKey | BooleanKey | StringKey | EnumKey;

type KeyValue<K extends ConfigKey> = K extends { readonly kind: 'int' | 'long' }
  ? number
  : K extends { readonly kind: 'boolean' }
    ? boolean
    : K extends { readonly kind: 'enum'; readonly values: readonly (infer V)[] }
      ? V
      : string;

/** What `readConfig` makes of a table declared `as const satisfies readonly ConfigKey[]`. */
export type ConfigValues<Keys extends readonly ConfigKey[]> = {
  readonly [K in Keys[number] as K['name']]: KeyValue<K>;
};

/** A value that a key cannot take. Who knows the file and the line puts them before the message. */
export class ConfigValueError extends Error {
  override readonly name = 'ConfigValueError';
  readonly key: string;
  readonly wanted: string;
  readonly got: string;
  constructor(key: string, wanted: string, got: string) {
    super(`key "${key}": wanted ${wanted}, got ${JSON.stringify(got)}`);
    this.key = key;
    this.wanted = wanted;
    this.got = got;
  }
}

/** Defaults where `values` has nothing; keys that are not in the table are the caller's to warn about. Throws ConfigValueError. */
export function readConfig<const Keys extends readonly ConfigKey[]>(
  keys: Keys,
  values: ReadonlyMap<string, string>,
): ConfigValues<Keys> {
  const config: Record<string, number | boolean | string> = {};
  for (const key of keys) {
    const text = values.get(key.name);
    config[key.name] = text === undefined ? key.default : readConfigValue(key, text.trim());
  }
  return config as ConfigValues<Keys>;
}

export function readConfigValue(key: ConfigKey, text: string): number | boolean | string {
  switch (key.kind) {
    case 'int':
    case 'long':
      return readInteger(key, text);
    case 'boolean':
      if (text === 'true') return true;
      if (text === 'false') return false;
      throw new ConfigValueError(key.name, 'true or false', text);
    case 'enum':
      if (key.values.includes(text)) return text;
      throw new ConfigValueError(key.name, `one of ${key.values.join(', ')}`, text);
    case 'string':
      return text;
  }
}

function readInteger(key: IntegerKey, text: string): number {
  const min = key.min ?? (key.kind === 'int' ? -(2 ** 31) : Number.MIN_SAFE_INTEGER);
  const max = key.max ?? (key.kind === 'int' ? 2 ** 31 - 1 : Number.MAX_SAFE_INTEGER);
  const value = Number(text);
  if (!/^[+-]?\d+$/.test(text) || value < min || value > max) {
    throw new ConfigValueError(key.name, `an integer from ${min} to ${max}`, text);
  }
  return value;
}
