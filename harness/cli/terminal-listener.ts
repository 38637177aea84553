/** Tells a person, or a log, how a run goes. */
import type { FaultEvent } from '../../checkers/history/fault.ts';
import type { RunFiles } from '../record/results-folder.ts';
import { type RunPlan, replayCommand } from '../record/run-plan.ts';
import type { Progress, RunListener } from '../runner/run-listener.ts';
import type { Terminal } from './terminal.ts';

/** Without a terminal: how often a line says that the run goes on. */
const plainEveryS = 10;

export class TerminalListener implements RunListener {
  readonly progressEveryMs = 100;
  readonly #terminal: Terminal;
  readonly #quiet: boolean;
  #lastPlainS = 0;

  constructor(terminal: Terminal, quiet: boolean) {
    this.#terminal = terminal;
    this.#quiet = quiet;
  }

  planned(plan: RunPlan, files: RunFiles): void {
    this.#lastPlainS = 0;
    const nemeses = plan.nemeses.join(' + ') || 'none';
    const bug = plan.bug === undefined ? '' : `, bug ${plan.bug}`;
    this.#line(
      `plan     ${plan.workload} under ${nemeses}${bug}; ${plan.timeLimitS} s at ${plan.rate}/s; ${plan.nodes} brokers, ${plan.controllers} controllers on ${plan.deployment}; ${
        plan.flush === 'sync' ? 'SYNC_FLUSH' : 'ASYNC_FLUSH'
      }, minInSyncReplicas ${plan.minInSyncReplicas}`,
    );
    this.#line(`seed     ${plan.seed}`);
    this.#line(`results  ${files.folder}`);
    const repeated =
      plan.deployment === 'sim'
        ? 'the same run, event by event'
        : 'same plan and faults; not the same interleaving';
    this.#line(`replay   ${replayCommand(plan)}   (${repeated})`);
  }

  phase(name: string, detail: string): void {
    this.#line(`${name}${detail === '' ? '' : `: ${detail}`}`);
  }

  note(line: string): void {
    this.#line(`  ${line}`);
  }

  fault(event: FaultEvent): void {
    const at = `${(event.time / 1e9).toFixed(2).padStart(7)} s`;
    const targets = event.targets.length === 0 ? '' : ` on ${event.targets.join(', ')}`;
    const reason = event.phase === 'failed' ? ` (${String(event.proof?.['reason'] ?? '')})` : '';
    this.#line(`${at}  ${event.fault} ${event.variant} ${event.phase}${targets}${reason}`);
  }

  progress(progress: Progress): void {
    const { elapsedS, limitS, counts } = progress;
    const rate = elapsedS > 0 ? Math.round(counts.ok / elapsedS) : 0;
    const master =
      progress.master === undefined ? 'no master' : `master ${progress.master} epoch ${progress.masterEpoch}`;
    const faults = progress.activeFaults.length === 0 ? '' : ` · ${progress.activeFaults.join(', ')}`;
    const text = `${elapsedS.toFixed(1)}/${limitS} s · ${rate} ok/s · ok ${counts.ok} info ${counts.info} fail ${counts.fail} · ${master}${faults}`;
    if (this.#quiet) return;
    if (this.#terminal.isInteractive) this.#terminal.live(text);
    else if (elapsedS - this.#lastPlainS >= plainEveryS) {
      this.#lastPlainS = elapsedS;
      this.#terminal.line(text);
    }
  }

  #line(text: string): void {
    if (!this.#quiet) this.#terminal.line(text);
  }
}
