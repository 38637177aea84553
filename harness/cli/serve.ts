/** npm run jepsen -- serve: the results folder in a browser, until Ctrl-C. */
import { resolve } from 'node:path';
import { openToOthers, ResultsServer } from '../server/results-server.ts';
import { UsageError } from '../usage-error.ts';
import type { ParsedArguments } from './parse-options.ts';
import type { Terminal } from './terminal.ts';

/** Stopped by a signal, as a shell tells it. */
const exitStopped = 130;

/** Resolves with the exit code when it was told to stop. */
export async function serve(
  { values }: ParsedArguments,
  words: readonly string[],
  terminal: Terminal,
): Promise<number> {
  if (words.length > 0) throw new UsageError(`serve: wanted options only, got "${words.join(' ')}"`);
  const results = resolve(values.get('results') ?? 'results');
  const host = values.get('host') ?? '127.0.0.1';
  const server = new ResultsServer({ results, host, port: Number(values.get('port')) });
  const address = await server.listen();
  const stopped = new Promise<void>((done) => {
    process.once('SIGINT', () => done());
    process.once('SIGTERM', () => done());
  });
  terminal.output(`${address}\n`);
  if (openToOthers(host))
    terminal.line(`open to everybody who reaches ${host}: all files below ${results} can be read by them`);
  if (!values.has('quiet')) terminal.line(`serving ${results}; Ctrl-C ends it`);
  await stopped;
  await server.close();
  return exitStopped;
}
