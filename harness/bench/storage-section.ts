/** What a million messages cost: memory while they are stored, time when a broker starts again with them. */
import { join } from 'node:path';
import { osClock } from '../../cluster/runtime/os/os-clock.ts';
import { median } from '../median.ts';
import { awaitCondition } from '../runner/await-condition.ts';
import { benchTopic } from './bench-names.ts';
import type { Figure, SectionReport } from './bench-report.ts';
import type { BenchWorld } from './bench-world.ts';
import { runLoad } from './load-process.ts';
import { bootLine, PlainCluster, plainPlan } from './plain-cluster.ts';
import { type ResidentMemory, residentMemory } from './process-usage.ts';
import type { ProducerLoadSettings } from './producer-load.ts';

const bodyBytes = 1024;
const wantedMemoryMb = 200;
const wantedReadySeconds = 3;
const restartLimitMs = 60_000;
const ways = ['SIGTERM', 'SIGKILL'] as const;

interface Restart {
  readonly node: string;
  readonly way: (typeof ways)[number];
  readonly wasMaster: boolean;
  /** From the start of the process to its boot line. */
  readonly readySeconds: number;
  readonly inSyncSeconds: number;
}

/** Memory and restart share the stored messages. */
export async function storageSection(world: BenchWorld): Promise<SectionReport> {
  const { sections, messages } = world.options;
  const cluster = await PlainCluster.open(plainPlan('ASYNC_FLUSH'), join(world.workFolder, 'storage'));
  try {
    await store(cluster, world);
    world.say(`${messages.toLocaleString('en-US')} messages are stored`);
    const memory = cluster.nodes.map((node) => ({ node, ...residentMemory(cluster.pid(node)) }));
    const restarts: Restart[] = [];
    if (sections.has('restart')) {
      for (const node of cluster.brokers) {
        for (const way of ways) restarts.push(await restart(cluster, node, way));
        world.say(`restart: ${node} done`);
      }
    }
    return {
      section: 'memory and restart',
      figures: [...memoryFigures(memory, messages), ...restartFigures(restarts)],
      raw: { messages, memory, restarts },
    };
  } finally {
    await cluster.close();
  }
}

async function store(cluster: PlainCluster, world: BenchWorld): Promise<void> {
  const settings: ProducerLoadSettings = {
    hostsFile: cluster.hostsFile,
    nameServers: cluster.nameServers,
    topic: benchTopic,
    bodyBytes,
    inFlight: world.options.inFlight,
    warmUpMs: 0,
    durationMs: 60 * 60 * 1000,
    messagesMax: world.options.messages,
    latencies: false,
    autoBatch: false,
  };
  await runLoad('producer-load', settings, cluster.registry);
}

async function restart(cluster: PlainCluster, node: string, way: Restart['way']): Promise<Restart> {
  const { master } = await cluster.roles();
  await (way === 'SIGTERM' ? cluster.stop(node) : cluster.kill(node));
  const livesBefore = lives(cluster, node);
  const startMs = osClock.monotonicMs();
  await cluster.start(node);
  const patience = { clock: osClock, limitMs: restartLimitMs, pauseMs: 10 };
  await awaitCondition(`boot of ${node}`, patience, () =>
    Promise.resolve(lives(cluster, node) > livesBefore ? undefined : 'no boot line yet'),
  );
  const readySeconds = (osClock.monotonicMs() - startMs) / 1000;
  await cluster.inSync();
  const inSyncSeconds = (osClock.monotonicMs() - startMs) / 1000;
  return { node, way, wasMaster: node === master, readySeconds, inSyncSeconds };
}

function lives(cluster: PlainCluster, node: string): number {
  return cluster.log(node).split(bootLine).length - 1;
}

function memoryFigures(
  memory: readonly ({ readonly node: string } & Partial<ResidentMemory>)[],
  messages: number,
): readonly Figure[] {
  return memory.map(({ node, nowMb, peakMb }) => ({
    name: `resident memory of ${node}`,
    value: nowMb ?? Number.NaN,
    unit: 'MB',
    wanted: { atMost: wantedMemoryMb },
    detail: `after ${messages.toLocaleString('en-US')} messages of 1 KB; at most ${Math.round(peakMb ?? Number.NaN)} MB`,
  }));
}

function restartFigures(restarts: readonly Restart[]): readonly Figure[] {
  return ways.flatMap((way): Figure[] => {
    const own = restarts.filter((one) => one.way === way);
    if (own.length === 0) return [];
    const times = own.map(({ readySeconds }) => readySeconds);
    return [
      {
        name: `restart after ${way}, until ready`,
        value: median(times),
        unit: 's',
        wanted: { atMost: wantedReadySeconds },
        detail: `worst ${Math.max(...times).toFixed(2)} s of ${times.length}; in sync after ${median(own.map(({ inSyncSeconds }) => inSyncSeconds)).toFixed(2)} s`,
      },
    ];
  });
}
