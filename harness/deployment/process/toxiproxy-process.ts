/** A Toxiproxy server for one run: the embedded one or Shopify's, as a process of its own. */
import { fileURLToPath } from 'node:url';
import type { ToxiproxyServer } from '../../links/toxiproxy-choice.ts';
import { ToxiproxyClient } from '../../links/toxiproxy-client.ts';
import { type ChildProcess, startChild } from './child-process.ts';
import { waitFor } from './wait-for.ts';

const readyPatienceMs = 10_000;

export interface ToxiproxyProcess {
  readonly client: ToxiproxyClient;
  readonly child: ChildProcess;
  /** For people: "embedded (embedded-2.12)". */
  readonly description: string;
}

/** The command line of a server that will answer on `api`. */
export function toxiproxyCommand(
  server: ToxiproxyServer,
  api: { readonly host: string; readonly port: number },
): { readonly file: string; readonly args: readonly string[] } {
  const flags = ['-host', api.host, '-port', String(api.port)];
  if (server.kind === 'embedded') {
    // The harness may run compiled or from source: the server is the file beside, of the same kind.
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const main = new URL(`../../links/toxiproxy/toxiproxy-main.${extension}`, import.meta.url);
    return { file: process.execPath, args: [fileURLToPath(main), ...flags] };
  }
  return { file: server.path, args: flags };
}

/** Resolves when it answers. */
export async function startToxiproxy(
  server: ToxiproxyServer,
  api: { readonly host: string; readonly port: number },
  options: { readonly logFile: string; readonly environment: Readonly<Record<string, string>> },
): Promise<ToxiproxyProcess> {
  const command = toxiproxyCommand(server, api);
  const child = startChild({ ...command, ...options });
  const client = new ToxiproxyClient(`http://${api.host}:${api.port}`);
  let version = '';
  try {
    await waitFor(
      `Toxiproxy (${server.kind}) to answer on ${client.url}; its log is ${options.logFile}`,
      readyPatienceMs,
      async () => {
        if (child.exited !== undefined)
          throw new Error(
            `Toxiproxy (${server.kind}) ended at once: ${child.exited}; see ${options.logFile}`,
          );
        version = await client.version().catch(() => '');
        return version !== '';
      },
    );
  } catch (error) {
    await child.kill();
    throw error;
  }
  return { client, child, description: `${server.kind} (${version})` };
}
