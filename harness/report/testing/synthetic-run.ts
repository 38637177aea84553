/** A made-up run, true in all that judges look at: for tests of judge and report that need no cluster. A function of its options. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultEvent } from '../../../checkers/history/fault.ts';
import type { Operation } from '../../../checkers/history/operation.ts';
import type { ReplicaObservation, TraceEvent } from '../../../checkers/history/replica-observation.ts';
import { SimRandom } from '../../deployment/sim/sim-random.ts';
import type { RunFiles } from '../../record/results-folder.ts';
import { guarantees, type RunPlan, replayCommand } from '../../record/run-plan.ts';
import { type RunRecord, recordVersion, writeReplicas, writeRunRecord } from '../../record/run-record.ts';
import { type Mastership, SyntheticLoad } from './synthetic-load.ts';

export interface SyntheticOptions {
  readonly seed: number;
  readonly seconds: number;
  /** Operations per second. */
  readonly rate: number;
  /** After the second fault the new master has not got the last three messages of queue 0. */
  readonly loses: boolean;
}

export interface SyntheticRun {
  readonly record: RunRecord;
  readonly operations: readonly Operation[];
  readonly faults: readonly FaultEvent[];
  readonly trace: readonly TraceEvent[];
  readonly replicas: readonly ReplicaObservation[];
}

const brokers = ['n1', 'n2', 'n3'];
const controllers = ['c1', 'c2', 'c3'];
const ms = 1e6;

export function syntheticRun(options: SyntheticOptions): SyntheticRun {
  const { seed, seconds, rate } = options;
  const plan: RunPlan = {
    workload: 'log',
    nemeses: seconds < 12 ? [] : ['partition', 'kill'],
    deployment: 'process',
    seed,
    timeLimitS: seconds,
    quietStartS: 1,
    recoveryTimeS: 30,
    nemesisIntervalS: 11,
    rate,
    concurrency: 32,
    queues: 4,
    nodes: 3,
    controllers: 3,
    flush: 'sync',
    minInSyncReplicas: 2,
    toxiproxy: 'embedded',
    bug: options.loses ? 'ack-before-replication' : undefined,
    keep: false,
  };
  const story = tell(plan);
  const load = new SyntheticLoad({
    plan,
    random: SimRandom.fromSeed(seed),
    masters: story.masters,
    ...(options.loses ? { losesAt: story.masters.at(1)?.until ?? 0 } : {}),
  });
  load.run();
  const finalFromNs = load.finalReads(brokers);
  const endNs = load.nowNs + 200 * ms;
  const record: RunRecord = {
    version: recordVersion,
    plan,
    replay: replayCommand(plan),
    guarantees: guarantees(plan),
    versions: { 'rocketmq-jepsen': '0.1.0', revision: '0123456789ab', node: '20.19.0', system: 'linux' },
    startWallMs: Date.UTC(2026, 10, 22, 9, 30),
    finalFromNs,
    endNs,
    brokerIds: { '1': 'n1', '2': 'n2', '3': 'n3' },
    deaths: [],
    phases: { starting: 2.4, load: seconds, healing: 0.6, 'final reads': 1.2, stopping: 0.3 },
    toxiproxy: 'embedded',
  };
  return {
    record,
    operations: load.operations,
    faults: story.faults,
    trace: story.trace.sort((a, b) => a.time - b.time),
    replicas: replicas(story.masters),
  };
}

/** Writes what a run leaves behind, short of what the judges add. */
export function writeSyntheticRun(files: RunFiles, run: SyntheticRun): void {
  const lines = (values: readonly unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');
  writeFileSync(files.history, lines(run.operations));
  writeFileSync(files.faults, lines(run.faults));
  writeFileSync(files.trace, lines(run.trace));
  writeReplicas(files, run.replicas);
  writeRunRecord(files, run.record);
  for (const node of [...brokers, ...controllers]) {
    mkdirSync(join(files.nodes, node), { recursive: true });
    writeFileSync(join(files.nodes, node, 'node.log'), '2026-11-22T09:30:00.000Z INFO  boot success\n');
  }
}

/** Faults by turns of partition and kill, each on the master of the moment. */
function tell(plan: RunPlan): { masters: Mastership[]; faults: FaultEvent[]; trace: TraceEvent[] } {
  const trace: TraceEvent[] = [];
  const faults: FaultEvent[] = [];
  const masters: Mastership[] = [];
  const said = (time: number, node: string, event: string, fields: Record<string, unknown>) =>
    trace.push({ time, node, event, ...fields });
  for (const node of [...brokers, ...controllers]) said(-2000 * ms, node, 'node-started', {});
  let from = -1500 * ms;
  /** Who cannot hear of the election, and from when on it can. */
  let deaf: { readonly node: string; readonly until: number } | undefined;
  const lead = (master: string, until: number) => {
    const epoch = masters.length + 1;
    masters.push({ node: master, epoch, from, until });
    const masterBrokerId = brokers.indexOf(master) + 1;
    const facts = { masterBrokerId, masterEpoch: epoch };
    said(from - 20 * ms, 'c1', 'elected', { ...facts, brokerName: 'broker-a', set: [masterBrokerId] });
    said(from, master, 'epoch-started', { masterEpoch: epoch, startOffset: startOf(epoch) });
    const copies = { set: [1, 2, 3], holders: [1, 2, 3], wanted: 2, allMembers: true };
    said(from, master, 'confirm', { offset: startOf(epoch), ...copies });
    const set = { brokerName: 'broker-a', masterEpoch: epoch, set: [1, 2, 3], setEpoch: epoch * 2 };
    said(from + 50 * ms, 'c1', 'sync-state-set', set);
    for (const node of brokers) {
      const role = node === master ? 'master' : 'slave';
      const heard = node === deaf?.node ? deaf.until : from + (node === master ? 0 : 30 * ms);
      said(heard, node, 'role-changed', { role, ...facts });
    }
  };
  let nemesis = 0;
  for (let at = 2000 * ms; at + 8000 * ms < plan.timeLimitS * 1e9; at += 11_000 * ms) {
    if (plan.nemeses.length === 0) break;
    const master = brokers[masters.length % brokers.length] ?? 'n1';
    const name = plan.nemeses[nemesis % plan.nemeses.length] ?? 'kill';
    nemesis += 1;
    const gap = name === 'kill' ? 300 * ms : 1900 * ms;
    lead(master, at);
    faults.push(...faultEvents(name, `${name}-${nemesis}`, master, at));
    said(at + gap - 80 * ms, 'c1', 'broker-inactive', { brokerName: 'broker-a' });
    from = at + gap;
    deaf = { node: master, until: at + 6300 * ms };
    if (name === 'kill') said(at + 6100 * ms, master, 'node-started', {});
  }
  lead(brokers[masters.length % brokers.length] ?? 'n1', Number.POSITIVE_INFINITY);
  return { masters, faults, trace };
}

function faultEvents(nemesis: string, fault: string, target: string, at: number): FaultEvent[] {
  const end = at + 6000 * ms;
  const base = {
    fault,
    nemesis,
    variant: nemesis === 'kill' ? 'master' : 'one/drop',
    targets: [target],
    ...(nemesis === 'kill' ? {} : { links: [[target, 'c1'] as const, ['c1', target] as const] }),
  };
  return [
    { ...base, time: at, phase: 'inject' },
    { ...base, time: at + 40 * ms, phase: 'bit', proof: { answered: false } },
    { ...base, time: end, phase: 'heal' },
    { ...base, time: end + 350 * ms, phase: 'healed', proof: { answered: true } },
  ];
}

function startOf(epoch: number): number {
  return (epoch - 1) * 1000;
}

function replicas(masters: readonly Mastership[]): ReplicaObservation[] {
  const end = startOf(masters.length + 1);
  const records = Array.from({ length: masters.length * 10 }, (_, at) => ({
    from: at * 100,
    to: at * 100 + 100,
    digest: `d${at}`,
  }));
  return brokers.map((node) => ({
    brokerName: 'broker-a',
    node,
    epochs: masters.map(({ epoch }) => ({ epoch, startOffset: startOf(epoch) })),
    minOffset: 0,
    maxOffset: end,
    confirmOffset: end,
    records,
  }));
}
