/** What a program is, whoever starts it: a process of the operating system, or a life in the simulated world. */
import type { Runtime } from '../runtime/runtime.ts';
import type { CommandLine } from './command-line.ts';
import type { KnownKeys } from './config-file.ts';
import type { NodeEnvironment } from './node-environment.ts';

/** A server as the programs see it. */
export interface RunningServer {
  stop(): Promise<void>;
}

export interface Program<Config extends object> {
  readonly name: string;
  readonly what: string;
  readonly hasNameservers: boolean;
  readonly known: KnownKeys;
  /** Throws ConfigValueError. */
  configure(
    values: ReadonlyMap<string, string>,
    environment: NodeEnvironment,
    commandLine: CommandLine,
  ): Config;
  /** Resolves once it serves. `broke` ends the program, after the server has stopped itself. */
  start(runtime: Runtime, config: Config, broke: () => void): Promise<RunningServer>;
}
