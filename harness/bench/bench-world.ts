/** What a section may use: options, a folder of its own, and a way to tell people how it goes. */
import type { BenchOptions } from './bench-options.ts';

export interface BenchWorld {
  readonly options: BenchOptions;
  /** Empty at the start, removed at the end. */
  readonly workFolder: string;
  /** One line for people, while it runs. */
  readonly say: (line: string) => void;
}
