/** Ours against the bare limit, by turns: machines are noisy, so the ratio counts, not the figure. */
import { join } from 'node:path';
import { median } from '../median.ts';
import { BareCluster } from './bare/bare-cluster.ts';
import type { BareLoadSettings } from './bare/bare-load.ts';
import { benchTopic } from './bench-names.ts';
import type { Figure, SectionReport } from './bench-report.ts';
import type { BenchWorld } from './bench-world.ts';
import { type LoadRun, runLoad } from './load-process.ts';
import { PlainCluster, plainPlan } from './plain-cluster.ts';
import { cpuSeconds } from './process-usage.ts';
import type { ProducerLoadSettings } from './producer-load.ts';

const bodyBytes = 1024;
const wantedRatio = 0.4;

interface Round {
  readonly messagesPerSecond: number;
  /** Of CPU, by process. */
  readonly microsecondsPerMessage: Readonly<Record<string, number>>;
}

interface LoadedCluster {
  readonly nodes: readonly string[];
  pid(node: string): number;
}

export async function throughputSection(world: BenchWorld): Promise<SectionReport> {
  const { rounds } = world.options;
  const bare: Round[] = [];
  const ours: Round[] = [];
  const single: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const sides = [
      async () => bare.push(await bareRound(world)),
      async () => ours.push(await ourRound(world, true)),
      async () => single.push(await ourRound(world, false)),
    ];
    // Whoever comes later finds the machine as the others left it.
    for (const side of [...sides.slice(round % 3), ...sides.slice(0, round % 3)]) await side();
    const [bareRate, ourRate, singleRate] = [bare, ours, single].map((side) => rate(side.slice(-1)));
    world.say(
      `throughput, round ${round + 1}/${rounds}: bare ${perSecond(bareRate)}, ours ${perSecond(ourRate)}, with a request each ${perSecond(singleRate)}`,
    );
  }
  return {
    section: 'throughput',
    figures: figures({ bare, ours, single }, world),
    raw: { bare, ours, single },
  };
}

interface Sides {
  readonly bare: readonly Round[];
  /** The sends of one turn of the event loop travel together, as those of the bare limit do. */
  readonly ours: readonly Round[];
  /** Each message in a request of its own. */
  readonly single: readonly Round[];
}

function figures({ bare, ours, single }: Sides, world: BenchWorld): readonly Figure[] {
  const { rounds, seconds, inFlight } = world.options;
  const eachRound = (side: readonly Round[]): string =>
    side
      .map((round, at) => round.messagesPerSecond / (bare[at]?.messagesPerSecond ?? Number.NaN))
      .map((ratio) => ratio.toFixed(2))
      .join(' ');
  const load = `ASYNC_FLUSH, all ack, ${inFlight} in flight, 1 KB`;
  return [
    {
      name: 'ours / bare limit',
      value: rate(ours) / rate(bare),
      unit: '',
      wanted: { atLeast: wantedRatio },
      detail: `medians of ${rounds} rounds of ${seconds} s by turns; each round: ${eachRound(ours)}`,
    },
    { name: 'ours', value: rate(ours), unit: 'msg/s', detail: `${load}, producer with autoBatch` },
    {
      name: 'a request each / bare limit',
      value: rate(single) / rate(bare),
      unit: '',
      detail: `each round: ${eachRound(single)}`,
    },
    { name: 'a request each', value: rate(single), unit: 'msg/s', detail: `${load}, producer without it` },
    { name: 'bare limit', value: rate(bare), unit: 'msg/s' },
    ...cpuFigures('ours', ours),
    ...cpuFigures('a request each', single),
    ...cpuFigures('bare', bare),
  ];
}

function cpuFigures(side: string, rounds: readonly Round[]): readonly Figure[] {
  const names = Object.keys(rounds[0]?.microsecondsPerMessage ?? {});
  return names.map((name) => ({
    name: `${side}, CPU of ${name}`,
    value: median(rounds.map(({ microsecondsPerMessage }) => microsecondsPerMessage[name] ?? Number.NaN)),
    unit: 'us/msg',
  }));
}

async function ourRound(world: BenchWorld, autoBatch: boolean): Promise<Round> {
  const cluster = await PlainCluster.open(plainPlan('ASYNC_FLUSH'), join(world.workFolder, 'throughput'));
  try {
    const { master } = await cluster.roles();
    const { warmUpSeconds, seconds, inFlight } = world.options;
    const settings: ProducerLoadSettings = {
      hostsFile: cluster.hostsFile,
      nameServers: cluster.nameServers,
      topic: benchTopic,
      bodyBytes,
      inFlight,
      warmUpMs: warmUpSeconds * 1000,
      durationMs: seconds * 1000,
      messagesMax: Number.POSITIVE_INFINITY,
      latencies: false,
      autoBatch,
    };
    const names = new Map(
      cluster.nodes.map((node) => [
        node,
        node === 'c1' ? 'nameserver' : node === master ? 'master' : 'slaves',
      ]),
    );
    return await measure(cluster, names, (on) =>
      // Infinity is no JSON.
      runLoad('producer-load', { ...settings, messagesMax: Number.MAX_SAFE_INTEGER }, cluster.registry, on),
    );
  } finally {
    await cluster.close();
  }
}

async function bareRound(world: BenchWorld): Promise<Round> {
  const cluster = await BareCluster.open(world.workFolder);
  try {
    const { warmUpSeconds, seconds, inFlight } = world.options;
    const settings: BareLoadSettings = {
      port: cluster.port,
      bodyBytes,
      inFlight,
      warmUpMs: warmUpSeconds * 1000,
      durationMs: seconds * 1000,
    };
    const names = new Map(cluster.nodes.map((node) => [node, node === 'master' ? 'master' : 'slaves']));
    return await measure(cluster, names, (on) => runLoad('bare/bare-load', settings, cluster.registry, on));
  } finally {
    await cluster.close();
  }
}

/** `names`: what each node is called in the report; nodes of one name are added up and divided by their number. */
async function measure(
  cluster: LoadedCluster,
  names: ReadonlyMap<string, string>,
  load: (on: () => void) => Promise<LoadRun>,
): Promise<Round> {
  const samples: (readonly number[])[] = [];
  const { begin, end } = await load(() => {
    samples.push(cluster.nodes.map((node) => cpuSeconds(cluster.pid(node)) ?? Number.NaN));
  });
  const messages = end.messages - begin.messages;
  const spent = cluster.nodes.map(
    (_, at) => (samples[1]?.[at] ?? Number.NaN) - (samples[0]?.[at] ?? Number.NaN),
  );
  const microsecondsPerMessage: Record<string, number> = {
    producer: ((end.cpuSeconds - begin.cpuSeconds) / messages) * 1e6,
  };
  for (const name of new Set(names.values())) {
    const own = spent.filter((_, at) => names.get(cluster.nodes[at] ?? '') === name);
    microsecondsPerMessage[own.length > 1 ? `each of ${own.length} ${name}` : name] =
      (own.reduce((sum, seconds) => sum + seconds, 0) / own.length / messages) * 1e6;
  }
  return { messagesPerSecond: messages / (end.atSeconds - begin.atSeconds), microsecondsPerMessage };
}

function rate(rounds: readonly Round[]): number {
  return median(rounds.map(({ messagesPerSecond }) => messagesPerSecond));
}

function perSecond(value = Number.NaN): string {
  return `${Math.round(value).toLocaleString('en-US')}/s`;
}
