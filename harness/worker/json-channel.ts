/** JSON objects, one a line, over a pair of byte streams. What is said in one turn goes out in one write. */
import type { Readable, Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

export interface ChannelHandler {
  /** One line, parsed. */
  take(message: unknown): void;
  /** Once, last: nothing more will come. */
  end(why: string): void;
}

export class JsonChannel {
  readonly #output: Writable;
  #waiting = '';
  #ended = false;

  constructor(input: Readable, output: Writable, handler: ChannelHandler) {
    this.#output = output;
    const decoder = new StringDecoder('utf8');
    let rest = '';
    const end = (why: string) => {
      if (this.#ended) return;
      this.#ended = true;
      handler.end(why);
    };
    input.on('data', (bytes: Buffer) => {
      const lines = (rest + decoder.write(bytes)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const message = parsed(line);
        if (message === undefined) {
          end(`said "${line.slice(0, 200)}", which is no line of JSON`);
          return;
        }
        if (!this.#ended) handler.take(message);
      }
    });
    input.on('end', () => end('ended'));
    input.on('close', () => end('closed'));
    for (const stream of [input, output]) stream.on('error', (error: Error) => end(error.message));
  }

  /** Nothing after the end. */
  say(message: object): void {
    if (this.#ended) return;
    if (this.#waiting === '') setImmediate(() => this.#flush());
    this.#waiting += `${JSON.stringify(message)}\n`;
  }

  #flush(): void {
    const text = this.#waiting;
    this.#waiting = '';
    if (!this.#ended && this.#output.writable) this.#output.write(text);
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
