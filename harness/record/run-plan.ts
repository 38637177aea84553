/** Everything a run is asked to do: a function of the command line and the seed. Saved in run.json. */
import type { SeededBug } from '../../cluster/runtime/seeded-bug.ts';

export interface RunPlan {
  readonly workload: 'log';
  /** Empty: none. */
  readonly nemeses: readonly string[];
  readonly deployment: string;
  readonly seed: number;
  readonly timeLimitS: number;
  readonly quietStartS: number;
  readonly recoveryTimeS: number;
  readonly nemesisIntervalS: number;
  /** How many times as long the first interval is; undefined: all are the same. */
  readonly ramp?: number;
  /** Operations invoked per second. */
  readonly rate: number;
  readonly concurrency: number;
  readonly queues: number;
  readonly nodes: number;
  readonly controllers: number;
  readonly flush: 'sync' | 'async';
  readonly minInSyncReplicas: number;
  readonly toxiproxy: string;
  readonly bug: SeededBug | undefined;
  readonly keep: boolean;
  /** Faults that exceed what the guarantees cover were allowed. */
  readonly expectLoss?: boolean;
  /** What one node may use; all there is where absent. */
  readonly memoryMiB?: number;
  readonly cpus?: number;
  /** Faults by script, instead of a schedule of nemeses. */
  readonly script?: { readonly name: string; readonly text: string };
  /** Keys added to (or replacing those in) the nodes' properties files. */
  readonly properties?: NodeProperties;
  /** Of the workload's requests and pulls; undefined: the usual ones. */
  readonly mix?: WorkloadMix;
  /** One of many: the gate of amounts is the campaign's, not this run's, and a fault without a target is told, no more. */
  readonly isPartOfCampaign?: boolean;
  /** The plan was drawn from the seed, but for these options, which were given by hand, as they were typed. */
  readonly swarm?: Readonly<Record<string, string>>;
}

export interface NodeProperties {
  readonly broker: Readonly<Record<string, string>>;
  readonly controller: Readonly<Record<string, string>>;
}

export interface WorkloadMix {
  /** Out of 100 requests. */
  readonly sendShare: number;
  /** Out of 100 pulls: claims about the tail, where stale reads hide. */
  readonly tailShare: number;
}

/** Hosts that run clients: half of them follow the route at once, half keep to the node they know. */
export const clientHosts = 4;
export const topicName = 'jepsen';
export const brokerName = 'broker-a';
export const clusterName = 'jepsen';

/** "log-partition+kill": the folder of runs of one kind. */
export function runKind(plan: RunPlan): string {
  if (plan.swarm !== undefined) return `sim-swarm${plan.bug === undefined ? '' : `-bug-${plan.bug}`}`;
  const nemeses = plan.nemeses.length === 0 ? 'none' : plan.nemeses.join('+').replaceAll(/[:/]/g, '-');
  return `${plan.workload}-${nemeses}${plan.bug === undefined ? '' : `-bug-${plan.bug}`}`;
}

/**
 * What to type to get the same plan and the same faults again. The interleaving of a real run is not repeated; in the simulated world all is.
 */
export function replayCommand(plan: RunPlan): string {
  if (plan.swarm !== undefined) {
    const given = Object.entries(plan.swarm).map(([name, value]) => `--${name} ${value}`);
    return `npm run jepsen -- ${['--deployment sim --nemesis swarm', ...given, `--seed ${plan.seed}`].join(' ')}`;
  }
  const isSimulated = plan.deployment === 'sim';
  const options: (readonly [string, string | number, string | number])[] = [
    ['nemesis', plan.nemeses.join(',') || 'none', 'none'],
    ['time-limit', plan.timeLimitS, isSimulated ? simDefaults['time-limit'] : 60],
    ['quiet-start', plan.quietStartS, 1],
    ['recovery-time', plan.recoveryTimeS, 30],
    ['nemesis-interval', plan.nemesisIntervalS, 11],
    ['ramp', plan.ramp ?? 1, 1],
    ['rate', plan.rate, isSimulated ? simDefaults.rate : 2000],
    ['concurrency', plan.concurrency, isSimulated ? simDefaults.concurrency : 32],
    ['queues', plan.queues, 4],
    ['nodes', plan.nodes, 3],
    ['controllers', plan.controllers, 3],
    ['flush', plan.flush, 'sync'],
    ['min-in-sync-replicas', plan.minInSyncReplicas, 2],
    ['toxiproxy', plan.toxiproxy, isSimulated ? plan.toxiproxy : 'auto'],
    ['bug', plan.bug ?? '', ''],
    ['broker-properties', propertiesText(plan.properties?.broker ?? {}), ''],
    ['controller-properties', propertiesText(plan.properties?.controller ?? {}), ''],
    ['deployment', plan.deployment, 'auto'],
  ];
  const given = options
    .filter(([, value, usual]) => value !== usual)
    .map(([name, value]) => `--${name} ${value}`);
  if (plan.expectLoss === true) given.push('--expect-loss');
  if (plan.memoryMiB !== undefined) given.push(`--memory ${plan.memoryMiB}`);
  if (plan.cpus !== undefined) given.push(`--cpus ${plan.cpus}`);
  return `npm run jepsen -- ${[...given, `--seed ${plan.seed}`].join(' ')}`;
}

/** Virtual time costs less than real time, operations cost more. */
export const simDefaults = { 'time-limit': 30, rate: 200, concurrency: 16 } as const;

/** As it is typed: key=value,key=value. */
export function propertiesText(properties: Readonly<Record<string, string>>): string {
  return Object.entries(properties)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

/** The guarantees (ARCHITECTURE.md) that the settings of a run leave in force, one sentence each. */
export function guarantees(plan: RunPlan): string[] {
  const lines = [
    'G2 a queue offset that was acknowledged or read names that message for ever',
    'G3 nothing is read that a failover can take away',
    'G4 one master per epoch',
    'G5 sends and pulls on a queue are linearizable (linearizableRead=true)',
  ];
  const copies = plan.minInSyncReplicas;
  const flush =
    plan.flush === 'sync'
      ? 'power cuts included'
      : 'death of processes only, since the disk is not waited for';
  lines.unshift(
    `G1 an acknowledged message is never lost: on ${copies} or more replicas before SEND_OK (${flush})`,
  );
  return lines;
}
