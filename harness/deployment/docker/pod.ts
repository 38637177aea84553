/**
 * A host: the container that owns its network, with the Toxiproxy of the links it dials and the agent that acts there for the harness. It outlives
 * the host's node, which joins its network, so a node that is killed and started again keeps its address.
 */
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import type { Host } from '../../../nemeses/nemesis.ts';
import { podHostsTable, servedPorts } from '../../links/link-plan.ts';
import { ToxiproxyClient } from '../../links/toxiproxy-client.ts';
import { AgentGoneError, RemoteAgent } from '../../worker/remote-agent.ts';
import type { Engine } from './engine.ts';
import type { BuiltImage } from './image.ts';
import { inImage, nodeInImage, toxiproxyInImage } from './image-files.ts';
import { runLabels } from './labels.ts';
import { PodStartError } from './pod-start-error.ts';

/** Shopify's usual one. */
const apiPort = 8474;
/** Where a pod takes, on all its addresses, what is for one of its node's ports: for harnesses that reach published ports only. */
const entryPortOffset = 20_000;

export interface PodWorld {
  readonly engine: Engine;
  readonly runId: string;
  readonly image: BuiltImage;
  readonly hosts: readonly Host[];
  readonly network: string;
  /** Undefined where the harness reaches the data network itself. */
  readonly entryNetwork: string | undefined;
  readonly user: string | undefined;
  /** What agents and Toxiproxies complain of. */
  readonly logFolder: string;
}

export interface Pod {
  readonly host: Host;
  readonly id: string;
  /** On the data network. */
  readonly address: string;
  readonly agent: RemoteAgent;
  readonly toxiproxy: ToxiproxyClient;
  /** Port of 127.0.0.1 by port of the node; empty where the harness reaches the data network itself. */
  readonly entryPorts: ReadonlyMap<number, number>;
}

/** Of what a host said before it ended. */
const wordsKept = 2000;

/** Resolves when its Toxiproxy answers; rejects with PodStartError where the host ends before that. */
export async function openPod(host: Host, world: PodWorld): Promise<Pod> {
  const { engine, runId, image, network, entryNetwork } = world;
  const entries = entryNetwork === undefined ? [] : servedPorts[host.kind];
  const id = await engine.createContainer({
    name: `${runId}-${host.name}-pod`,
    image: image.tag,
    command: [
      nodeInImage,
      inImage('harness/worker/agent-main'),
      ...['--host', host.name],
      ...['--toxiproxy', image.toxiproxy === 'real' ? toxiproxyInImage : 'embedded'],
      ...['--api-port', String(apiPort)],
    ],
    labels: runLabels(runId),
    network: { name: network },
    hostname: host.name,
    hosts: podHostsTable(world.hosts, host),
    hasInput: true,
    ...(world.user === undefined ? {} : { user: world.user }),
    publishedPorts:
      entryNetwork === undefined ? [] : [apiPort, ...entries.map((port) => port + entryPortOffset)],
  });
  if (entryNetwork !== undefined) await engine.joinNetwork(entryNetwork, id);
  const { output, errors, input } = await engine.attach(id, true);
  const logFile = join(world.logFolder, `${host.name}-pod.log`);
  errors.pipe(createWriteStream(logFile, { flags: 'a' }));
  let words = '';
  errors.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-wordsKept);
  });
  const agent = new RemoteAgent(host.name, output, input);
  await engine.start(id);
  const address = await engine.address(id, network);
  await agent.whenReady.catch((error: unknown) => {
    if (!(error instanceof AgentGoneError)) throw error;
    throw new PodStartError(host.name, words === '' ? error.message : words, logFile);
  });
  if (entryNetwork === undefined) {
    const toxiproxy = new ToxiproxyClient(`http://${address}:${apiPort}`);
    return { host, id, address, agent, toxiproxy, entryPorts: new Map() };
  }
  const published = await engine.publishedPorts(id);
  const toxiproxy = new ToxiproxyClient(`http://127.0.0.1:${publishedAs(published, apiPort, host)}`);
  await toxiproxy.populate(
    entries.map((port) => ({
      name: `entry-${host.name}-${port}`,
      listen: `0.0.0.0:${port + entryPortOffset}`,
      upstream: `${address}:${port}`,
    })),
  );
  const entryPorts = new Map(
    entries.map((port) => [port, publishedAs(published, port + entryPortOffset, host)] as const),
  );
  return { host, id, address, agent, toxiproxy, entryPorts };
}

function publishedAs(published: ReadonlyMap<number, number>, port: number, host: Host): number {
  const outside = published.get(port);
  if (outside === undefined)
    throw new Error(`the container engine published no port for ${port} of ${host.name}`);
  return outside;
}
