/** What a run tells while it goes on; reporters listen. */
import type { FaultEvent } from '../../checkers/history/fault.ts';
import type { RunningCounts } from '../record/recorder.ts';
import type { RunFiles } from '../record/results-folder.ts';
import type { RunPlan } from '../record/run-plan.ts';

export interface Progress {
  readonly elapsedS: number;
  readonly limitS: number;
  readonly counts: Readonly<RunningCounts>;
  readonly activeFaults: readonly string[];
  /** Undefined while nobody can tell. */
  readonly master: string | undefined;
  readonly masterEpoch: number | undefined;
  /** Empty while nobody can tell. */
  readonly syncStateSet: readonly string[];
  readonly controllerLeader: string | undefined;
}

export interface RunListener {
  /** How often `progress` is told during the load. */
  readonly progressEveryMs: number;
  planned(plan: RunPlan, files: RunFiles): void;
  /** 'starting', 'load', 'healing', 'final reads', 'stopping', 'judging'. */
  phase(name: string, detail: string): void;
  fault(event: FaultEvent): void;
  progress(progress: Progress): void;
  /** One line for people. */
  note(line: string): void;
}
