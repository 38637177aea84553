/** What run.json and replicas.json hold. Version 2; readers refuse others. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Lateness } from '../../checkers/busy-machine.ts';
import type { Death } from '../../checkers/crash-patterns.ts';
import type { ReplicaObservation } from '../../checkers/history/replica-observation.ts';
import { UsageError } from '../usage-error.ts';
import type { NotRecovered } from './not-recovered.ts';
import type { RunFiles } from './results-folder.ts';
import type { RunPlan } from './run-plan.ts';

export const recordVersion = 2;

export interface RunRecord {
  readonly version: number;
  readonly plan: RunPlan;
  readonly replay: string;
  readonly guarantees: readonly string[];
  readonly versions: Readonly<Record<string, string>>;
  /** Wall time at nanosecond 0 of the run's clock. */
  readonly startWallMs: number;
  /** Nanoseconds on the run's clock. `finalFrom`: reads invoked from then on drain the queues; Infinity is written as null. */
  readonly finalFromNs: number | null;
  readonly endNs: number;
  /** Host by the broker id that the controller gave. */
  readonly brokerIds: Readonly<Record<string, string>>;
  readonly deaths: readonly Death[];
  /** Hosts that were no part of the cluster at first, and were added. Absent: none. */
  readonly joined?: readonly string[];
  /** Why the run is not whole; undefined when it is. */
  readonly interrupted?: string;
  /** Undefined where all came back within the recovery time. */
  readonly notRecovered?: NotRecovered;
  /** The line of the script that did not go as it says, and what was seen instead. */
  readonly scriptFailure?: string;
  /** Seconds by phase: start, load, heal, final reads, stop. */
  readonly phases: Readonly<Record<string, number>>;
  /** Which Toxiproxy server carried the links. */
  readonly toxiproxy: string;
  /** By what means the nodes' clocks were moved; absent where they were not. */
  readonly clocks?: string;
  /** Of real runs: how busy the machine was. */
  readonly lateness?: Lateness;
  /** Of simulated runs: of every event of the world; a replay has the same. */
  readonly digest?: string;
  /** Of shrunk runs: what happened, line by line, for people. */
  readonly timeline?: readonly string[];
}

export function writeRunRecord(files: RunFiles, record: RunRecord): void {
  writeFileSync(files.run, `${JSON.stringify(record, null, 2)}\n`);
}

export function readRunRecord(files: RunFiles): RunRecord {
  let record: RunRecord;
  try {
    record = JSON.parse(readFileSync(files.run, 'utf8')) as RunRecord;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(
      `check: ${files.folder} is not the folder of a run (${reason}); see npm run jepsen -- list`,
      {
        cause: error,
      },
    );
  }
  if (record.version === recordVersion) return record;
  throw new UsageError(`check: ${files.run}: wanted version ${recordVersion}, got ${String(record.version)}`);
}

export function writeReplicas(files: RunFiles, replicas: readonly ReplicaObservation[]): void {
  writeFileSync(replicasPath(files), replicas.map((replica) => `${JSON.stringify(replica)}\n`).join(''));
}

/** One replica per line. */
export function replicasPath(files: RunFiles): string {
  return `${files.folder}/replicas.jsonl`;
}
