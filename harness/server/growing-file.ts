/** Lines of a file that somebody else writes: each look gives what came since the last one. */
import { open } from 'node:fs/promises';

const chunkBytes = 1 << 18;
const newline = 0x0a;
/** A line that is longer is no line of ours: what there is of it is thrown away. */
const lineBytesMax = 1 << 24;

export class GrowingFile {
  readonly #path: string;
  #position = 0;
  #rest: Buffer = Buffer.alloc(0);

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Hands over whole lines, many at a time, and lets others work between; one without its end waits for it. A missing file has none yet; one that is
   * shorter than before was written anew, and is read from its beginning: then `again` is called first. Stops when `isEnough` says so; resolves with
   * whether all was read that was there.
   */
  async read(
    lines: (text: string) => void,
    again: () => void,
    isEnough: () => boolean = () => false,
  ): Promise<boolean> {
    let file: Awaited<ReturnType<typeof open>>;
    try {
      file = await open(this.#path, 'r');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return true;
      throw error;
    }
    try {
      const { size } = await file.stat();
      if (size < this.#position) {
        this.#position = 0;
        this.#rest = Buffer.alloc(0);
        again();
      }
      const chunk = Buffer.alloc(Math.min(chunkBytes, Math.max(1, size - this.#position)));
      while (this.#position < size) {
        const { bytesRead } = await file.read(chunk, 0, chunk.length, this.#position);
        if (bytesRead === 0) return true;
        this.#position += bytesRead;
        this.#take(chunk.subarray(0, bytesRead), lines);
        if (this.#position < size && isEnough()) return false;
      }
      return true;
    } finally {
      await file.close();
    }
  }

  #take(bytes: Buffer, lines: (text: string) => void): void {
    const end = bytes.lastIndexOf(newline);
    if (end < 0) {
      this.#rest = this.#rest.length > lineBytesMax ? Buffer.alloc(0) : Buffer.concat([this.#rest, bytes]);
      return;
    }
    lines(Buffer.concat([this.#rest, bytes.subarray(0, end)]).toString('utf8'));
    this.#rest = Buffer.from(bytes.subarray(end + 1));
  }
}

/** Each line's JSON; what is none is left out. */
export function* jsonValues(text: string): Generator<unknown> {
  try {
    // One call for many lines takes half the time.
    yield* JSON.parse(`[${text.replaceAll('\n', ',')}]`) as unknown[];
  } catch {
    for (const line of text.split('\n')) {
      try {
        yield JSON.parse(line);
      } catch {
        // A line that a dying process began, or none of ours.
      }
    }
  }
}
