/** A server's properties while it runs: read as text, changed key by key, as mqadmin's config commands ask (1009, 1010, 318, 319). */
import { ResponseCode } from '../remoting/response-code.ts';
import { type ConfigKey, ConfigValueError, readConfigValue } from '../runtime/config-key.ts';
import { formatProperties, parseProperties } from '../runtime/properties.ts';

export interface ConfigUpdate {
  readonly code: number;
  readonly remark?: string;
}

export class LiveConfig<Config extends object> {
  readonly #keys: readonly ConfigKey[];
  readonly #liveKeys: ReadonlySet<string>;
  #current: Config;

  constructor(keys: readonly ConfigKey[], liveKeys: readonly string[], start: Config) {
    this.#keys = keys;
    this.#liveKeys = new Set(liveKeys);
    this.#current = start;
  }

  get current(): Config {
    return this.#current;
  }

  /** All keys with their values. */
  text(): string {
    const values = this.#current as Readonly<Record<string, unknown>>;
    return formatProperties(this.#keys.map((key) => [key.name, String(values[key.name])]));
  }

  /** All or nothing. Not kept over a restart. */
  update(text: string, blackList: string): ConfigUpdate {
    const changes: Record<string, unknown> = {};
    const refused = new Set(blackList.split(';'));
    for (const { key, value } of parseProperties(text)) {
      if (refused.has(key)) {
        return {
          code: ResponseCode.NO_PERMISSION,
          remark: `key "${key}" is in the black list of keys that can be changed`,
        };
      }
      const known = this.#keys.find(({ name }) => name === key);
      if (known === undefined || !this.#liveKeys.has(key)) {
        const what =
          known === undefined ? 'is unknown' : 'is read at the start only; change the file and restart';
        return { code: ResponseCode.SYSTEM_ERROR, remark: `key "${key}" ${what}` };
      }
      try {
        changes[key] = readConfigValue(known, value.trim());
      } catch (error) {
        if (error instanceof ConfigValueError) {
          return { code: ResponseCode.SYSTEM_ERROR, remark: error.message };
        }
        throw error;
      }
    }
    this.#current = { ...this.#current, ...changes };
    return { code: ResponseCode.SUCCESS };
  }
}
