/** Jepsen's history.edn: one operation map a line. */
import { parseEDNString } from 'edn-data';
import { textLines } from '../record/json-lines.ts';
import { UsageError } from '../usage-error.ts';

export interface JepsenOperation {
  readonly index: number;
  /** Nanoseconds; the line where the history has no times. */
  readonly time: number;
  readonly process: number;
  readonly type: 'invoke' | 'ok' | 'fail' | 'info';
  readonly f: string;
  readonly value: unknown;
  readonly error: unknown;
}

/** An invocation and its completion; undefined where the history ended first. */
export interface JepsenPair {
  readonly invoked: JepsenOperation;
  readonly done: JepsenOperation | undefined;
}

const types: readonly string[] = ['invoke', 'ok', 'fail', 'info'];

/** Client operations in order of completion, those without one last. Throws UsageError that names the line. */
export function jepsenPairs(path: string, lines: Iterable<string> = textLines(path)): JepsenPair[] {
  const open = new Map<number, JepsenOperation>();
  const pairs: JepsenPair[] = [];
  let lineNumber = 0;
  for (const line of lines) {
    lineNumber += 1;
    const operation = parseLine(line, `${path}:${lineNumber}`, lineNumber - 1);
    if (operation === undefined) continue;
    const invoked = open.get(operation.process);
    if (operation.type === 'invoke') {
      if (invoked !== undefined)
        throw new UsageError(
          `${path}:${lineNumber}: process ${operation.process} invokes ${operation.f}, but its ${invoked.f} (operation ${invoked.index}) is still open`,
        );
      open.set(operation.process, operation);
    } else if (invoked === undefined)
      throw new UsageError(
        `${path}:${lineNumber}: process ${operation.process} completes what it never invoked`,
      );
    else {
      open.delete(operation.process);
      pairs.push({ invoked, done: operation });
    }
  }
  return [...pairs, ...[...open.values()].map((invoked) => ({ invoked, done: undefined }))];
}

/** Undefined: an empty line, or one of a nemesis. */
function parseLine(line: string, at: string, lineIndex: number): JepsenOperation | undefined {
  const text = line.trim();
  if (text === '' || text.startsWith(';')) return undefined;
  const wanted = `${at}: wanted one operation map, as in {:type :invoke, :f :send, ...}`;
  if (text.startsWith('[')) throw new UsageError(`${wanted}, a line of its own; this file begins a vector`);
  let parsed: unknown;
  try {
    parsed = parseEDNString(text, { mapAs: 'object', keywordAs: 'string', listAs: 'array', setAs: 'array' });
  } catch (cause) {
    throw new UsageError(`${wanted}, got "${text.slice(0, 60)}"`, { cause });
  }
  // Newer histories have records: #jepsen.history.Op{...}.
  const map = isRecord(parsed) && isRecord(parsed['val']) ? parsed['val'] : parsed;
  if (!isRecord(map) || typeof map['type'] !== 'string')
    throw new UsageError(`${wanted}, got "${text.slice(0, 60)}"`);
  const { type, f, process, index = lineIndex, time = lineIndex, value = null, error } = map;
  if (!types.includes(type))
    throw new UsageError(`${at}: wanted one of ${types.join(', ')} as :type, got :${type}`);
  if (typeof process !== 'number') return undefined;
  if (typeof f !== 'string') throw new UsageError(`${at}: wanted a keyword as :f, got ${JSON.stringify(f)}`);
  return {
    index: Number(index),
    time: Number(time),
    process,
    type: type as JepsenOperation['type'],
    f,
    value,
    error,
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
