/** What the tests of this folder use of the simulated world, which lies on a higher floor and is handed in. */
import type { Random } from '../../runtime/random.ts';
import type { Runtime } from '../../runtime/runtime.ts';

export interface TestHost {
  readonly running: boolean;
  readonly paused: boolean;
  start(): Runtime;
  kill(options?: { readonly powerCut?: boolean }): void;
  pause(): void;
  resume(): void;
}

export interface TestWorld {
  readonly random: Random;
  host(name: string): TestHost;
  now(): number;
  run(until: () => boolean, limitMs: number): Promise<void>;
  runFor(ms: number): Promise<void>;
  cut(from: string, to: string, flavour: 'drop' | 'hold' | 'reset'): void;
  heal(from?: string, to?: string): void;
}
