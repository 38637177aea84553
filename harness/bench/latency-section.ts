/** How long one sender waits that sends one message after another; and how long a disk takes, which is part of it. */
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Producer } from '../../cluster/client/producer.ts';
import { osClock } from '../../cluster/runtime/os/os-clock.ts';
import type { Cluster, ClusterPlan } from '../deployment/deployment.ts';
import { median, percentile } from '../median.ts';
import { benchTopic } from './bench-names.ts';
import type { Figure, SectionReport } from './bench-report.ts';
import type { BenchWorld } from './bench-world.ts';
import { LinkedCluster } from './linked-cluster.ts';
import { runLoad } from './load-process.ts';
import { PlainCluster, plainPlan } from './plain-cluster.ts';
import type { ProducerLoadSettings } from './producer-load.ts';

const bodyBytes = 1024;
const wantedAsyncMs = 0.5;
/** Of both: what is not the disk's. */
const allowedBesidesSyncsMs = 0.5;
/** The master's own, and then the slaves', if the slaves were to begin only when the master is done. */
const syncsInARow = 2;
const recordBytes = 1300;
const syncsMeasured = 300;
const steadyPerSecond = 500;

export async function latencySection(world: BenchWorld): Promise<SectionReport> {
  const asyncMs = await oneSender('ASYNC_FLUSH', world);
  world.say(`latency: ASYNC_FLUSH p50 ${percentile(asyncMs, 0.5).toFixed(2)} ms`);
  const before = await syncTimes(world.workFolder);
  const syncMs = await oneSender('SYNC_FLUSH', world);
  const after = await syncTimes(world.workFolder);
  world.say(`latency: SYNC_FLUSH p50 ${percentile(syncMs, 0.5).toFixed(2)} ms`);
  const linkedMs = await throughLinks(world);
  const diskMs = median([percentile(before, 0.5), percentile(after, 0.5)]);
  const figures: readonly Figure[] = [
    sender('one sender, ASYNC_FLUSH, p50', asyncMs, { atMost: wantedAsyncMs }),
    sender('one sender, SYNC_FLUSH, p50', syncMs, { atMost: allowedBesidesSyncsMs + syncsInARow * diskMs }),
    {
      name: 'write and fdatasync, p50',
      value: diskMs,
      unit: 'ms',
      detail: `of ${recordBytes} bytes; before the senders ${shown(before)}, after ${shown(after)}`,
    },
    sender(`${steadyPerSecond} sends/s through Toxiproxy, SYNC_FLUSH, p50`, linkedMs),
  ];
  return {
    section: 'latency',
    figures,
    raw: { asyncMs, syncMs, linkedMs, diskBeforeMs: before, diskAfterMs: after },
  };
}

function sender(name: string, timesMs: readonly number[], wanted?: { readonly atMost: number }): Figure {
  const detail = `p99 ${percentile(timesMs, 0.99).toFixed(2)} ms, ${timesMs.length} sends`;
  const figure = { name, value: percentile(timesMs, 0.5), unit: 'ms', detail };
  return wanted === undefined ? figure : { ...figure, wanted };
}

async function oneSender(flush: ClusterPlan['flush'], world: BenchWorld): Promise<readonly number[]> {
  const { seconds, warmUpSeconds } = world.options;
  const cluster = await PlainCluster.open(plainPlan(flush), join(world.workFolder, 'latency'));
  try {
    const settings: ProducerLoadSettings = {
      hostsFile: cluster.hostsFile,
      nameServers: cluster.nameServers,
      topic: benchTopic,
      bodyBytes,
      inFlight: 1,
      warmUpMs: warmUpSeconds * 1000,
      durationMs: seconds * 1000,
      messagesMax: Number.MAX_SAFE_INTEGER,
      latencies: true,
      autoBatch: false,
    };
    const { end } = await runLoad('producer-load', settings, cluster.registry);
    return end.latenciesMs ?? [];
  } finally {
    await cluster.close();
  }
}

/** As the log writes: into a file that is as long as it will get, one record behind the other. */
async function syncTimes(folder: string): Promise<readonly number[]> {
  const path = join(folder, 'sync-times');
  const file = await open(path, 'w');
  const timesMs: number[] = [];
  try {
    await file.truncate(1024 * 1024 * 1024);
    const record = Buffer.alloc(recordBytes, 'x');
    for (let at = 0; at < syncsMeasured; at += 1) {
      const startMs = performance.now();
      await file.write(record, 0, recordBytes, at * recordBytes);
      await file.datasync();
      timesMs.push(performance.now() - startMs);
    }
  } finally {
    await file.close();
    await rm(path, { force: true });
  }
  return timesMs;
}

/** At a steady rate, whatever is unanswered: what the clients of a run see of a quiet cluster. */
async function throughLinks(world: BenchWorld): Promise<readonly number[]> {
  const { seconds, warmUpSeconds } = world.options;
  const linked = await LinkedCluster.open(join(world.workFolder, 'linked'), world.say);
  try {
    return await steadyLatencies(linked.cluster, warmUpSeconds * 1000, seconds * 1000);
  } finally {
    await linked.close();
  }
}

function steadyLatencies(cluster: Cluster, warmUpMs: number, durationMs: number): Promise<readonly number[]> {
  const producer = new Producer(cluster.runtimeFor('w1'), {
    producerGroup: 'bench',
    nameservers: cluster.nameServers.split(';'),
    retryUnknown: false,
  });
  const body = Buffer.alloc(bodyBytes, 'x');
  const latenciesMs: number[] = [];
  const startMs = osClock.monotonicMs();
  let sent = 0;
  return new Promise((resolve) => {
    const tick = () => {
      const elapsedMs = osClock.monotonicMs() - startMs;
      for (; sent < (elapsedMs / 1000) * steadyPerSecond; sent += 1) {
        const sentMs = osClock.monotonicMs();
        producer.send({ topic: benchTopic, body }, (outcome) => {
          if (outcome.kind === 'ok' && elapsedMs >= warmUpMs)
            latenciesMs.push(osClock.monotonicMs() - sentMs);
        });
      }
      if (elapsedMs < warmUpMs + durationMs) osClock.after(1, tick);
      else
        osClock.after(1000, () => {
          producer.stop();
          resolve(latenciesMs);
        });
    };
    tick();
  });
}

function shown(timesMs: readonly number[]): string {
  return `${percentile(timesMs, 0.5).toFixed(2)} ms`;
}
