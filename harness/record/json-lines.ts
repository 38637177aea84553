/** Files of one JSON value per line, read without holding the text. */
import { Buffer } from 'node:buffer';
import { closeSync, existsSync, openSync, readSync } from 'node:fs';

const chunkBytes = 1 << 20;
const newline = 0x0a;

export class JsonLineError extends Error {
  override readonly name = 'JsonLineError';
}

/**
 * Yields each line's value. A last line without its newline is one that a dying process began: it is left out. Another line that is not JSON
 * goes to `bad`, when there is one; else throws JsonLineError naming file and line. A missing file has no lines.
 */
export function* jsonLines<T>(path: string, bad?: (error: JsonLineError) => void): Generator<T> {
  let lineNumber = 1;
  for (const { text, whole } of chunksOfLines(path)) {
    if (!whole) return;
    const together = parseTogether<T>(text);
    if (together !== undefined) {
      yield* together;
      lineNumber += together.length;
      continue;
    }
    for (const line of text.split('\n')) {
      const parsed = line === '' ? undefined : parseLine<T>(line, path, lineNumber);
      lineNumber += 1;
      if (parsed instanceof JsonLineError) {
        if (bad === undefined) throw parsed;
        bad(parsed);
      } else if (parsed !== undefined) yield parsed.value;
    }
  }
}

/** One call for thousands of lines takes half the time. Undefined where some line is empty or no JSON. */
function parseTogether<T>(text: string): T[] | undefined {
  try {
    return JSON.parse(`[${text.replaceAll('\n', ',')}]`) as T[];
  } catch {
    return undefined;
  }
}

function parseLine<T>(line: string, path: string, lineNumber: number): { readonly value: T } | JsonLineError {
  try {
    return { value: JSON.parse(line) as T };
  } catch (cause) {
    const message = `${path}:${lineNumber}: wanted one JSON value, got "${line.slice(0, 60)}"`;
    return new JsonLineError(message, { cause });
  }
}

/** The lines of a text file without their newline, the last one too when it has none: it may be a process's last word. */
export function* textLines(path: string): Generator<string> {
  for (const { text, whole } of chunksOfLines(path)) if (whole || text !== '') yield* text.split('\n');
}

/** Stretches of whole lines, without the newline of their last one; then what stands behind the last newline of the file, not `whole`. */
function* chunksOfLines(path: string): Generator<{ readonly text: string; readonly whole: boolean }> {
  if (!existsSync(path)) return;
  const file = openSync(path, 'r');
  try {
    let chunk: Buffer = Buffer.alloc(chunkBytes);
    let length = 0;
    for (;;) {
      if (length === chunk.length) chunk = Buffer.concat([chunk, Buffer.alloc(chunk.length)]);
      const read = readSync(file, chunk, length, chunk.length - length, null);
      if (read === 0) break;
      length += read;
      const end = chunk.subarray(0, length).lastIndexOf(newline);
      if (end < 0) continue;
      yield { text: chunk.toString('utf8', 0, end), whole: true };
      chunk.copy(chunk, 0, end + 1, length);
      length -= end + 1;
    }
    yield { text: chunk.toString('utf8', 0, length), whole: false };
  } finally {
    closeSync(file);
  }
}
