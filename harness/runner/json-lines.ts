/** Files of one JSON value per line, read without holding the text. */
import { closeSync, existsSync, openSync, readSync } from 'node:fs';

const chunkBytes = 1 << 20;

/**
 * Yields each line's value. A last line without its newline is one that a dying process began: it is left out. Throws on any other
 * line that is not JSON, naming file and line.
 */
export function* jsonLines<T>(path: string): Generator<T> {
  let lineNumber = 0;
  for (const line of lines(path)) {
    lineNumber += 1;
    if (line === '') continue;
    try {
      yield JSON.parse(line) as T;
    } catch (error) {
      throw new Error(`${path}:${lineNumber}: wanted one JSON value, got "${line.slice(0, 60)}"`, {
        cause: error,
      });
    }
  }
}

/** Whole lines of a text file, without their newline. Nothing when the file is missing. */
export function* lines(path: string): Generator<string> {
  if (!existsSync(path)) return;
  const file = openSync(path, 'r');
  const decoder = new TextDecoder();
  const chunk = new Uint8Array(chunkBytes);
  try {
    let rest = '';
    for (;;) {
      const length = readSync(file, chunk, 0, chunkBytes, null);
      if (length === 0) return;
      const pieces = (rest + decoder.decode(chunk.subarray(0, length), { stream: true })).split('\n');
      rest = pieces.pop() ?? '';
      yield* pieces;
    }
  } finally {
    closeSync(file);
  }
}
