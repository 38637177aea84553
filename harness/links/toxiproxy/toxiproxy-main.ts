/** The embedded Toxiproxy as a process of its own, with the Go server's flags: -host HOST -port PORT. */
import { parseArgs } from 'node:util';
import { ToxiproxyServer } from './toxiproxy-server.ts';

const { values } = parseArgs({
  // The Go server's flags have one dash.
  args: process.argv.slice(2).map((arg) => (/^-[a-z]/.test(arg) ? `-${arg}` : arg)),
  options: { host: { type: 'string', default: 'localhost' }, port: { type: 'string', default: '8474' } },
});

const server = new ToxiproxyServer();
try {
  const address = await server.listen(values.host, Number(values.port));
  process.stdout.write(`toxiproxy (embedded) answers on ${address}\n`);
} catch (error) {
  process.stderr.write(`toxiproxy (embedded): ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
// Its life is the run's: nothing to save, so any polite signal ends it at once.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => process.exit(0));
