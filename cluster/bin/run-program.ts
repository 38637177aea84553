/** What the programs have in common: options, configuration, one clear line for what goes wrong, a clean stop. */
import { readFileSync } from 'node:fs';
import { ConfigValueError } from '../runtime/config-key.ts';
import { DiskError } from '../runtime/disk.ts';
import { NetworkError } from '../runtime/network.ts';
import { createOsRuntime } from '../runtime/os/os-runtime.ts';
import { formatProperties } from '../runtime/properties.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { StoreError } from '../store/store-error.ts';
import { CommandLineError, helpText, parseCommandLine } from './command-line.ts';
import { ConfigFileError, readConfigFile } from './config-file.ts';
import { NodeEnvironmentError, readNodeEnvironment } from './node-environment.ts';
import type { Program } from './program.ts';

const exitCodeFailed = 1;

export async function runProgram<Config extends object>(
  program: Program<Config>,
  args: readonly string[],
): Promise<void> {
  try {
    await run(program, args);
  } catch (error) {
    process.stderr.write(`${program.name}: ${describe(error)}\n`);
    process.exit(exitCodeFailed);
  }
}

async function run<Config extends object>(program: Program<Config>, args: readonly string[]): Promise<void> {
  const commandLine = parseCommandLine(args);
  if (commandLine.isHelpWanted) {
    process.stdout.write(helpText(program.name, program.what, program.hasNameservers));
    return;
  }
  const environment = readNodeEnvironment(process.env);
  const path = commandLine.configPath;
  const text = path === undefined ? '' : readFileSync(path, 'utf8');
  const file = readConfigFile(path ?? 'no configuration file', text, program.known);
  let config: Config;
  try {
    config = program.configure(file.values, environment, commandLine);
  } catch (error) {
    throw error instanceof ConfigValueError ? file.located(error) : error;
  }
  if (commandLine.isPrintWanted) {
    const values = config as Readonly<Record<string, unknown>>;
    process.stdout.write(
      formatProperties(program.known.keys.map(({ name }) => [name, String(values[name])])),
    );
    return;
  }
  const runtime = createOsRuntime({
    nodeId: environment.nodeId,
    seededBugs: environment.seededBugs,
    ...(environment.hostsFile === undefined ? {} : { hostsFile: environment.hostsFile }),
    ...(environment.traceFile === undefined ? {} : { traceFile: environment.traceFile }),
    ...(environment.diskFaults === undefined ? {} : { diskFaults: environment.diskFaults }),
    ...(environment.clockFile === undefined ? {} : { clockFile: environment.clockFile }),
  });
  if (environment.tellClockMs !== undefined) tellClock(runtime, environment.tellClockMs);
  for (const warning of file.warnings) runtime.trace.log('warn', warning);
  await serveUntilTold(program, runtime, config);
  await runtime.close();
  process.exit(0);
}

/** Every trace line has the time of all clocks: whoever moves them sees by these what came of it. */
function tellClock(runtime: Runtime, everyMs: number): void {
  runtime.trace.emit('clock');
  runtime.clock.after(everyMs, () => tellClock(runtime, everyMs));
}

/** Resolves after a clean stop. */
async function serveUntilTold<Config extends object>(
  program: Program<Config>,
  runtime: Runtime,
  config: Config,
): Promise<void> {
  const told = new Promise<string>((resolve) => {
    process.once('SIGTERM', () => resolve('SIGTERM'));
    process.once('SIGINT', () => resolve('SIGINT'));
  });
  const server = await program.start(runtime, config, () => process.exit(exitCodeFailed));
  const signal = await told;
  runtime.trace.log('info', `${signal}: stopping`);
  await server.stop();
  runtime.trace.log('info', 'stopped');
}

/** The world's troubles are told in their own words; only what is ours to mend comes with a stack. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof NetworkError && error.code === 'EADDRINUSE') {
    return `${error.message}; the port is in use: stop the other program, or set another port`;
  }
  const isPlain =
    error instanceof ConfigFileError ||
    error instanceof ConfigValueError ||
    error instanceof CommandLineError ||
    error instanceof NodeEnvironmentError ||
    error instanceof NetworkError ||
    error instanceof DiskError ||
    error instanceof StoreError ||
    error.name === 'BrokerIdentityError' ||
    ('code' in error && typeof error.code === 'string');
  return isPlain ? error.message : (error.stack ?? error.message);
}
