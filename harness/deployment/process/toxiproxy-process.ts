/** A Toxiproxy server for one run: the embedded one or Shopify's, as a process of its own. */
import { fileURLToPath } from 'node:url';
import { findToxiproxy } from '../../links/find-toxiproxy.ts';
import { ToxiproxyClient } from '../../links/toxiproxy-client.ts';
import { type ChildProcess, startChild } from './child-process.ts';
import { waitFor } from './wait-for.ts';

export type ToxiproxyChoice = 'embedded' | 'binary';

const readyPatienceMs = 10_000;

export interface ToxiproxyProcess {
  readonly client: ToxiproxyClient;
  readonly child: ChildProcess;
  /** For people: "embedded (embedded-2.12)". */
  readonly description: string;
}

/** The command line of a server that will answer on `api`. */
export function toxiproxyCommand(
  choice: ToxiproxyChoice,
  api: { readonly host: string; readonly port: number },
): { readonly file: string; readonly args: readonly string[] } {
  const flags = ['-host', api.host, '-port', String(api.port)];
  if (choice === 'embedded') {
    // The harness may run compiled or from source: the server is the file beside, of the same kind.
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const main = new URL(`../../links/toxiproxy/toxiproxy-main.${extension}`, import.meta.url);
    return { file: process.execPath, args: [fileURLToPath(main), ...flags] };
  }
  const found = findToxiproxy();
  if (found.kind === 'missing')
    throw new Error(`--toxiproxy binary: ${found.reason}; --toxiproxy embedded needs nothing`);
  return { file: found.path, args: flags };
}

/** Resolves when it answers. */
export async function startToxiproxy(
  choice: ToxiproxyChoice,
  api: { readonly host: string; readonly port: number },
  options: { readonly logFile: string; readonly environment: Readonly<Record<string, string>> },
): Promise<ToxiproxyProcess> {
  const command = toxiproxyCommand(choice, api);
  const child = startChild({ ...command, ...options });
  const client = new ToxiproxyClient(`http://${api.host}:${api.port}`);
  let version = '';
  try {
    await waitFor(
      `Toxiproxy (${choice}) to answer on ${client.url}; its log is ${options.logFile}`,
      readyPatienceMs,
      async () => {
        if (child.exited !== undefined)
          throw new Error(`Toxiproxy (${choice}) ended at once: ${child.exited}; see ${options.logFile}`);
        version = await client.version().catch(() => '');
        return version !== '';
      },
    );
  } catch (error) {
    await child.kill();
    throw error;
  }
  return { client, child, description: `${choice} (${version})` };
}
