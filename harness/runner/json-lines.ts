/** Files of one JSON value per line, read without holding the text. */
import { closeSync, existsSync, openSync, readSync } from 'node:fs';

const chunkBytes = 1 << 20;

export class JsonLineError extends Error {
  override readonly name = 'JsonLineError';
}

/**
 * Yields each line's value. A last line without its newline is one that a dying process began: it is left out. Another line that is not JSON
 * goes to `bad`, when there is one; else throws JsonLineError naming file and line. A missing file has no lines.
 */
export function* jsonLines<T>(path: string, bad?: (error: JsonLineError) => void): Generator<T> {
  let lineNumber = 0;
  for (const { text, whole } of pieces(path)) {
    lineNumber += 1;
    if (!whole || text === '') continue;
    let value: T;
    try {
      value = JSON.parse(text) as T;
    } catch (cause) {
      const message = `${path}:${lineNumber}: wanted one JSON value, got "${text.slice(0, 60)}"`;
      const error = new JsonLineError(message, { cause });
      if (bad === undefined) throw error;
      bad(error);
      continue;
    }
    yield value;
  }
}

/** The lines of a text file without their newline, the last one too when it has none: it may be a process's last word. */
export function* textLines(path: string): Generator<string> {
  for (const { text, whole } of pieces(path)) if (whole || text !== '') yield text;
}

function* pieces(path: string): Generator<{ readonly text: string; readonly whole: boolean }> {
  if (!existsSync(path)) return;
  const file = openSync(path, 'r');
  const decoder = new TextDecoder();
  const chunk = new Uint8Array(chunkBytes);
  try {
    let rest = '';
    for (;;) {
      const length = readSync(file, chunk, 0, chunkBytes, null);
      const lines = (rest + decoder.decode(chunk.subarray(0, length), { stream: length > 0 })).split('\n');
      rest = lines.pop() ?? '';
      for (const text of lines) yield { text, whole: true };
      if (length > 0) continue;
      yield { text: rest, whole: false };
      return;
    }
  } finally {
    closeSync(file);
  }
}
