/** Jepsen's `history.edn`: a vector of maps, or one map a line. */
import { EdnReader } from './edn.ts';
import type { JepsenEntry } from './jepsen-entry.ts';

/** The entries of its clients; what the nemesis did is left out. Throws `EdnError` where the text is no EDN. */
export function readJepsenEdn(text: string): JepsenEntry[] {
  const reader = new EdnReader(text);
  const entries: JepsenEntry[] = [];
  for (let value = reader.next(); value !== undefined; value = reader.next()) {
    for (const item of Array.isArray(value) ? value : [value]) {
      const entry = entryOf(item, entries.length + 1);
      if (entry !== undefined) entries.push(entry);
    }
  }
  return entries;
}

/** What is no operation of a client (the nemesis, a header) is left out. */
function entryOf(item: unknown, line: number): JepsenEntry | undefined {
  if (!(item instanceof Map)) return undefined;
  const process: unknown = item.get('process');
  const type: unknown = item.get('type');
  if (typeof process !== 'number' || !isType(type)) return undefined;
  const key: unknown = item.get('key');
  return {
    process,
    type,
    f: String(item.get('f')),
    value: item.get('value') ?? null,
    ...(key === undefined ? {} : { key }),
    line,
  };
}

function isType(type: unknown): type is JepsenEntry['type'] {
  return type === 'invoke' || type === 'ok' || type === 'fail' || type === 'info';
}
