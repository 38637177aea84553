/** Where the command line writes: progress on standard error, results on standard output. */
import { styleText } from 'node:util';

export type Style = 'green' | 'red' | 'yellow' | 'bold' | 'dim';

/** The part of a standard stream that is used here. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export class Terminal {
  readonly #error: Screen;
  readonly #output: Screen;
  readonly #environment: Readonly<Record<string, string | undefined>>;
  #live = false;

  constructor(error: Screen, output: Screen, environment: Readonly<Record<string, string | undefined>>) {
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
    // Newer Nodes look at standard output by themselves; here it is standard error that counts.
    return this.#hasColours() ? styleText(style, text, { validateStream: false }) : text;
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

  /** FORCE_COLOR decides where it is set, then NO_COLOR, then whether somebody looks. An empty NO_COLOR counts as none (no-color.org). */
  #hasColours(): boolean {
    const { NO_COLOR = '', FORCE_COLOR } = this.#environment;
    if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
    return NO_COLOR === '' && this.#error.isTTY === true && this.#environment['TERM'] !== 'dumb';
  }

  #clearLive(): void {
    if (!this.#live) return;
    this.#error.write('\r\u001b[2K');
    this.#live = false;
  }
}
