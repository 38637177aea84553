/**
 * The agent of a host, first process of the host's pod: starts the host's Toxiproxy, which carries the links the host dials, and does what the
 * harness asks for on its standard input. It ends, and the pod with it, when the harness does, or when Toxiproxy dies.
 *
 *   agent-main --host w1 --toxiproxy embedded|PATH --api-port 8474
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createOsRuntime } from '../../cluster/runtime/os/os-runtime.ts';
import { systemMonotonicMs } from '../../cluster/runtime/os/system-monotonic.ts';
import type { AgentRequest } from './agent-protocol.ts';
import { HostAgent } from './host-agent.ts';
import { JsonChannel } from './json-channel.ts';

const { values } = parseArgs({
  options: {
    host: { type: 'string', default: 'host' },
    toxiproxy: { type: 'string', default: 'embedded' },
    'api-port': { type: 'string', default: '8474' },
  },
});
const readyPatienceMs = 30_000;
const askAgainMs = 5;

const runtime = createOsRuntime({
  nodeId: values.host,
  seededBugs: [],
  print: (line) => process.stderr.write(`${line}\n`),
});
startToxiproxy();
const channel = new JsonChannel(process.stdin, process.stdout, {
  take: (message) => agent.take(message as AgentRequest),
  end: () => process.exit(0),
});
const agent = new HostAgent(runtime, (message) => channel.say(message));
await toxiproxyAnswers();
channel.say({ tell: 'ready', monotonicMs: systemMonotonicMs() });

/** Open to all of the pod's network, so that the harness can drive it. */
function startToxiproxy(): void {
  const flags = ['-host', '0.0.0.0', '-port', values['api-port']];
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const embedded = fileURLToPath(new URL(`../links/toxiproxy/toxiproxy-main.${extension}`, import.meta.url));
  const [file, args] =
    values.toxiproxy === 'embedded' ? [process.execPath, [embedded, ...flags]] : [values.toxiproxy, flags];
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  child.on('error', (error) =>
    fail(`Toxiproxy (${values.toxiproxy}) could not be started: ${error.message}`),
  );
  child.on('exit', (code, signal) =>
    fail(`Toxiproxy (${values.toxiproxy}) ended: ${signal ?? `exit code ${code}`}`),
  );
}

async function toxiproxyAnswers(): Promise<void> {
  const address = { host: '127.0.0.1', port: Number(values['api-port']) };
  const startMs = runtime.clock.monotonicMs();
  for (;;) {
    const leftMs = startMs + readyPatienceMs - runtime.clock.monotonicMs();
    if (leftMs <= 0) fail(`Toxiproxy (${values.toxiproxy}) did not answer in ${readyPatienceMs} ms`);
    const stream = await runtime.network.connect(address, leftMs).catch(() => undefined);
    stream?.destroy();
    if (stream !== undefined) return;
    await new Promise((resolve) => {
      setTimeout(resolve, askAgainMs);
    });
  }
}

function fail(why: string): never {
  process.stderr.write(`agent of ${values.host}: ${why}\n`);
  process.exit(1);
}
