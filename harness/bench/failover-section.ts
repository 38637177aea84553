/** How long a cluster with the harness's defaults goes without acknowledging, after each kind of fault; and that nothing is lost by it. */
import { join } from 'node:path';
import { osClock } from '../../cluster/runtime/os/os-clock.ts';
import { median } from '../median.ts';
import { awaitCondition } from '../runner/await-condition.ts';
import { openLogClient } from '../runner/rocketmq-log-client.ts';
import { benchQueues, benchTopic } from './bench-names.ts';
import type { Figure, SectionReport } from './bench-report.ts';
import type { BenchWorld } from './bench-world.ts';
import { type FailoverFault, failoverFaults } from './failover-faults.ts';
import { FailoverTrials, type Trial } from './failover-trial.ts';
import { LinkedCluster } from './linked-cluster.ts';
import { type Acknowledgement, SteadySenders } from './steady-senders.ts';

const perSecond = 200;
const producers = 4;
const readLimitMs = 60_000;
/** At once, of one queue. */
const pulledMax = 512;

const wantedMs = { kill: 500, other: 2500, controller: 200, any: 5000, back: 5000 } as const;

export async function failoverSection(world: BenchWorld): Promise<SectionReport> {
  const linked = await LinkedCluster.open(join(world.workFolder, 'failover'), world.say);
  try {
    const senders = new SteadySenders(linked.cluster.runtimeFor('w1'), {
      nameServers: linked.cluster.nameServers.split(';'),
      topic: benchTopic,
      queues: benchQueues,
      perSecond,
      producers,
    });
    const trials = new FailoverTrials(linked, senders.acknowledged);
    const done: Trial[] = [];
    const faults = failoverFaults.filter(({ name }) => name.includes(world.options.faults));
    for (let round = 0; round < world.options.trials; round += 1) {
      for (const fault of faults) {
        const trial = await trials.run(fault, round);
        done.push(trial);
        world.say(line(trial, round + 1, world.options.trials));
      }
    }
    await senders.stop();
    const lost = await lostOf(linked, senders.acknowledged);
    const figures = [
      ...faults.flatMap((fault) => faultFigures(fault, done)),
      ...overallFigures(done, senders.acknowledged.length, lost),
    ];
    return { section: 'failover', figures, raw: { trials: done, lost } };
  } finally {
    await linked.close();
  }
}

function line(trial: Trial, round: number, rounds: number): string {
  const back = trial.backMs === undefined ? '' : `, back in sync after ${Math.round(trial.backMs)} ms`;
  return `failover ${round}/${rounds}: ${trial.fault} (${trial.node}): ${Math.round(trial.outageMs)} ms${back}`;
}

function faultFigures({ name, target, way }: FailoverFault, done: readonly Trial[]): readonly Figure[] {
  const own = done.filter(({ fault }) => fault === name);
  const outages = own.map(({ outageMs }) => outageMs);
  const worst = Math.max(...outages);
  const back = own.flatMap(({ backMs }) => (backMs === undefined ? [] : [backMs]));
  const backText =
    back.length === 0 ? '' : `; back in sync after ${ms(median(back))}, worst ${ms(Math.max(...back))}`;
  const atReturn = `; gap at its return ${ms(median(own.map(({ gapAtReturnMs }) => gapAtReturnMs)))}`;
  const quiet = `; before the fault ${ms(Math.max(...own.map(({ gapBeforeMs }) => gapBeforeMs)))}`;
  if (target === 'controller leader') {
    return [
      {
        name: `${name}: worst gap`,
        value: worst,
        unit: 'ms',
        wanted: { atMost: wantedMs.controller },
        detail: `median ${ms(median(outages))} of ${own.length}${quiet}`,
      },
    ];
  }
  return [
    {
      name: `${name}: ${target === 'master' ? 'first SEND_OK' : 'write gap'}, median`,
      value: median(outages),
      unit: 'ms',
      wanted: { atMost: target === 'master' && way === 'kill' ? wantedMs.kill : wantedMs.other },
      detail: `worst ${ms(worst)} of ${own.length}${backText}${atReturn}`,
    },
  ];
}

function overallFigures(done: readonly Trial[], acknowledged: number, lost: number): readonly Figure[] {
  const back = done.flatMap(({ backMs }) => (backMs === undefined ? [] : [backMs]));
  return [
    {
      name: 'worst of all trials',
      value: Math.max(...done.map(({ outageMs }) => outageMs)),
      unit: 'ms',
      wanted: { atMost: wantedMs.any },
      detail: `${done.length} trials`,
    },
    {
      name: 'back in the SyncStateSet, median',
      value: median(back),
      unit: 'ms',
      wanted: { atMost: wantedMs.back },
      detail: `worst ${ms(Math.max(...back))}; from the restart, resume or heal`,
    },
    {
      name: 'elections without need',
      value: done.filter(({ electedWithoutNeed }) => electedWithoutNeed).length,
      unit: '',
      wanted: { atMost: 0 },
      detail: 'trials in which only a slave or a controller was hit, and the master changed',
    },
    {
      name: 'acknowledged messages lost',
      value: lost,
      unit: '',
      wanted: { atMost: 0 },
      detail: `of ${acknowledged.toLocaleString('en-US')}, read back at the end`,
    },
  ];
}

/** Reads every queue from its beginning. An acknowledged message that is not where the acknowledgement said is lost. */
async function lostOf(linked: LinkedCluster, acknowledged: readonly Acknowledgement[]): Promise<number> {
  const { cluster } = linked;
  const client = openLogClient(cluster, undefined, benchTopic);
  let lost = 0;
  try {
    for (let queueId = 0; queueId < benchQueues; queueId += 1) {
      const own = acknowledged.filter((one) => one.queueId === queueId);
      const end = Math.max(-1, ...own.map(({ offset }) => offset)) + 1;
      const found = new Map<number, string>();
      let next = 0;
      await awaitCondition(
        `queue ${queueId}`,
        { clock: osClock, limitMs: readLimitMs, pauseMs: 1 },
        async () => {
          const outcome = await client.pull(queueId, next, pulledMax);
          if (outcome.kind !== 'ok') return outcome.error;
          const { messages } = outcome.value;
          for (const [offset, message] of messages) found.set(offset, message);
          next = (messages.at(-1)?.[0] ?? next - 1) + 1;
          return next >= end || messages.length === 0 ? undefined : `read up to ${next} of ${end}`;
        },
      );
      lost += own.filter(({ offset, message }) => found.get(offset) !== message).length;
    }
  } finally {
    await client.close();
  }
  return lost;
}

function ms(value: number): string {
  return `${Math.round(value).toLocaleString('en-US')} ms`;
}
