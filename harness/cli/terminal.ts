/** Where the command line writes: progress on standard error, results on standard output. */
import { styleText } from 'node:util';

export type Style = 'green' | 'red' | 'yellow' | 'bold' | 'dim';

export class Terminal {
  readonly #error: NodeJS.WriteStream;
  readonly #output: NodeJS.WriteStream;
  readonly #environment: NodeJS.ProcessEnv;
  #live = false;

  constructor(error: NodeJS.WriteStream, output: NodeJS.WriteStream, environment: NodeJS.ProcessEnv) {
    this.#error = error;
    this.#output = output;
    this.#environment = environment;
  }

  /** A person looks at it: lines may be redrawn. */
  get isInteractive(): boolean {
    return (
      this.#error.isTTY === true &&
      this.#environment['CI'] === undefined &&
      this.#environment['TERM'] !== 'dumb'
    );
  }

  style(style: Style, text: string): string {
    const { NO_COLOR, FORCE_COLOR } = this.#environment;
    const wanted =
      FORCE_COLOR !== undefined && FORCE_COLOR !== '0'
        ? true
        : NO_COLOR === undefined && this.#error.isTTY === true;
    return wanted ? styleText(style, text) : text;
  }

  line(text: string): void {
    this.#clearLive();
    this.#error.write(`${text}\n`);
  }

  /** One line at the bottom that the next one replaces; nothing where nobody looks. */
  live(text: string): void {
    if (!this.isInteractive) return;
    const width = this.#error.columns ?? 80;
    this.#error.write(`\r\u001b[2K${text.slice(0, width - 1)}`);
    this.#live = true;
  }

  output(text: string): void {
    this.#clearLive();
    this.#output.write(text);
  }

  #clearLive(): void {
    if (!this.#live) return;
    this.#error.write('\r\u001b[2K');
    this.#live = false;
  }
}
