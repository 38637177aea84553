/** A configuration file against a program's table of keys: values with the line each stands on, and what is odd about the file. */
import { type ConfigKey, ConfigValueError, readConfigValue } from '../runtime/config-key.ts';
import { parseProperties } from '../runtime/properties.ts';
import { closestName } from './closest-name.ts';

/** The start must not go on with it. Its message begins with FILE:LINE. */
export class ConfigFileError extends Error {
  override readonly name = 'ConfigFileError';
}

export interface ConfigFile {
  /** What the file sets, by key; the last one counts, as in RocketMQ. */
  readonly values: ReadonlyMap<string, string>;
  /** One line each, for people. */
  readonly warnings: readonly string[];
  /** Puts FILE:LINE before what a key's value was refused for. */
  located(error: ConfigValueError): ConfigFileError;
}

export interface KnownKeys {
  readonly keys: readonly ConfigKey[];
  /** Keys of RocketMQ that are accepted and change nothing. */
  readonly withoutEffect?: ReadonlySet<string>;
}

/** Throws ConfigFileError for the first value that its key cannot take. */
export function readConfigFile(path: string, text: string, known: KnownKeys): ConfigFile {
  const keys = new Map(known.keys.map((key) => [key.name, key]));
  const values = new Map<string, string>();
  const lines = new Map<string, number>();
  const warnings: string[] = [];
  const warned = new Set<string>();
  const warnOnce = (key: string, warning: string): void => {
    if (!warned.has(key)) warnings.push(warning);
    warned.add(key);
  };
  for (const { key: name, value, line } of parseProperties(text)) {
    const key = keys.get(name);
    if (key === undefined) {
      if (known.withoutEffect?.has(name)) {
        warnOnce(name, `${path}:${line}: key "${name}" has no effect here`);
      } else {
        const closest = closestName(name, keys.keys());
        const hint = closest === undefined ? '' : `; did you mean "${closest}"?`;
        warnOnce(name, `${path}:${line}: unknown key "${name}" is passed over${hint}`);
      }
      continue;
    }
    values.set(name, value.trim());
    lines.set(name, line);
    checkValue(`${path}:${line}`, key, value.trim());
  }
  return {
    values,
    warnings,
    located: (error) => {
      const line = lines.get(error.key);
      return new ConfigFileError(`${path}${line === undefined ? '' : `:${line}`}: ${error.message}`, {
        cause: error,
      });
    },
  };
}

function checkValue(place: string, key: ConfigKey, text: string): void {
  try {
    readConfigValue(key, text);
  } catch (error) {
    if (error instanceof ConfigValueError)
      throw new ConfigFileError(`${place}: ${error.message}`, { cause: error });
    throw error;
  }
}
