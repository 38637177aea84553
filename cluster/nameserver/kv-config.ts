/** The KV configuration: namespace -> key -> value, kept in a file {"configTable":{namespace:{key:value}}}. */
import { Buffer } from 'node:buffer';
import type { Disk } from '../runtime/disk.ts';
import { makeDurableFolder, parentOf } from '../runtime/durable-folder.ts';
import { replaceFile } from '../runtime/replace-file.ts';
import { RunInOrder } from '../runtime/run-in-order.ts';

export class KvConfigFileError extends Error {
  override readonly name = 'KvConfigFileError';
  readonly path: string;
  constructor(detail: string, options: { readonly path: string } & ErrorOptions) {
    super(
      `${options.path}: wanted {"configTable":{namespace:{key:value}}}, ${detail}; mend or remove the file`,
      options,
    );
    this.path = options.path;
  }
}

export class KvConfig {
  readonly #disk: Disk;
  readonly #path: string;
  readonly #table: Map<string, Map<string, string>>;
  readonly #writes = new RunInOrder();

  private constructor(disk: Disk, path: string, table: Map<string, Map<string, string>>) {
    this.#disk = disk;
    this.#path = path;
    this.#table = table;
  }

  /** A missing file is an empty configuration. Rejects with KvConfigFileError when it cannot be read as one. */
  static async load(disk: Disk, path: string): Promise<KvConfig> {
    if ((await disk.status(path)) === undefined) return new KvConfig(disk, path, new Map());
    const file = await disk.open(path);
    try {
      const bytes = await file.read(0, await file.size());
      return new KvConfig(disk, path, parseTable(path, Buffer.from(bytes).toString('utf8')));
    } finally {
      await file.close();
    }
  }

  get(namespace: string, key: string): string | undefined {
    return this.#table.get(namespace)?.get(key);
  }

  /** Undefined when there is no such namespace. */
  namespace(namespace: string): Readonly<Record<string, string>> | undefined {
    const entries = this.#table.get(namespace);
    return entries === undefined ? undefined : Object.fromEntries(entries);
  }

  /** Resolves once the change would survive a crash. */
  put(namespace: string, key: string, value: string): Promise<void> {
    const entries = this.#table.get(namespace) ?? new Map<string, string>();
    this.#table.set(namespace, entries.set(key, value));
    return this.#persist();
  }

  /** As put. Nothing happens when the key is missing. */
  delete(namespace: string, key: string): Promise<void> {
    return this.#table.get(namespace)?.delete(key) === true ? this.#persist() : Promise.resolve();
  }

  /** A new file takes the old one's place in one step: no crash leaves half of it (HOLES.md B46). */
  #persist(): Promise<void> {
    return this.#writes.run(async () => {
      await makeDurableFolder(this.#disk, parentOf(this.#path));
      await replaceFile(this.#disk, this.#path, Buffer.from(this.#text(), 'utf8'));
    });
  }

  #text(): string {
    const configTable = Object.fromEntries(
      [...this.#table].map(([namespace, entries]) => [namespace, Object.fromEntries(entries)]),
    );
    return JSON.stringify({ configTable });
  }
}

function parseTable(path: string, text: string): Map<string, Map<string, string>> {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch (error) {
    throw new KvConfigFileError(`got ${JSON.stringify(text.slice(0, 40))}`, { path, cause: error });
  }
  const table = new Map<string, Map<string, string>>();
  for (const [namespace, entries] of members(path, members(path, read).get('configTable'))) {
    const values = [...members(path, entries)].map(([key, value]) => [key, String(value)] as const);
    table.set(namespace, new Map(values));
  }
  return table;
}

function members(path: string, value: unknown): ReadonlyMap<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new KvConfigFileError(`got ${JSON.stringify(value)?.slice(0, 40)} in the place of an object`, {
      path,
    });
  }
  return new Map(Object.entries(value));
}
