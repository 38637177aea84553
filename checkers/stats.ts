/** How much was done, and whether that is enough to call a run valid. */
import { type CheckResult, unknownResult } from './anomaly.ts';
import { type FaultWindow, foundNoTarget } from './history/fault-window.ts';
import type { Operation, OperationF } from './history/operation.ts';

export interface Counts {
  invoked: number;
  ok: number;
  fail: number;
  info: number;
}

export interface Stats {
  readonly byF: Readonly<Partial<Record<OperationF, Counts>>>;
  /** SEND_OK. */
  readonly acknowledged: number;
  readonly nonEmptyPulls: number;
  readonly tailPulls: number;
  /** By nemesis: operations invoked while one of its faults was proven to bite. */
  readonly duringFaults: Readonly<Record<string, number>>;
}

/** Below these a run that found nothing proves nothing. */
export const leastWork = { acknowledged: 1000, nonEmptyPulls: 1000, duringFaults: 100 } as const;

interface Biting {
  readonly nemesis: string;
  readonly from: number;
  readonly to: number;
}

export class StatsCounter {
  readonly #byF: Partial<Record<OperationF, Counts>> = {};
  readonly #biting: readonly Biting[];
  readonly #during = new Map<string, number>();
  #nonEmptyPulls = 0;
  #tailPulls = 0;

  constructor(windows: readonly FaultWindow[]) {
    for (const { nemesis } of windows) this.#during.set(nemesis, 0);
    this.#biting = [...this.#during.keys()].flatMap((nemesis) => stretches(nemesis, windows));
  }

  add(operation: Operation): void {
    this.#byF[operation.f] ??= { invoked: 0, ok: 0, fail: 0, info: 0 };
    const counts = this.#byF[operation.f];
    if (counts === undefined) return;
    if (operation.type === 'invoke') {
      counts.invoked += 1;
      this.#countDuringFaults(operation.time);
    } else counts[operation.type] += 1;
    if (operation.f !== 'pull') return;
    if (operation.type === 'ok' && (operation.value.messages?.length ?? 0) > 0) this.#nonEmptyPulls += 1;
    if (operation.type === 'invoke' && operation.value.tail === true) this.#tailPulls += 1;
  }

  stats(): Stats {
    return {
      byF: this.#byF,
      acknowledged: this.#byF.send?.ok ?? 0,
      nonEmptyPulls: this.#nonEmptyPulls,
      tailPulls: this.#tailPulls,
      duringFaults: Object.fromEntries(this.#during),
    };
  }

  #countDuringFaults(time: number): void {
    for (const { nemesis, from, to } of this.#biting) {
      if (time >= from && time <= to) this.#during.set(nemesis, (this.#during.get(nemesis) ?? 0) + 1);
    }
  }
}

/** When some fault of a nemesis was proven to bite, without overlaps: an operation counts once. */
function stretches(nemesis: string, windows: readonly FaultWindow[]): Biting[] {
  const active = windows.flatMap((window) =>
    window.nemesis === nemesis && window.active !== undefined ? [window.active] : [],
  );
  const merged: { nemesis: string; from: number; to: number }[] = [];
  for (const { from, to } of active.sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else merged.push({ nemesis, from, to });
  }
  return merged;
}

/** What is demanded of a run by itself. */
export interface StatsGates {
  /** Those the run was asked for, without `none`. */
  readonly plannedNemeses: readonly string[];
  /** Amounts are demanded of the campaign as a whole, and a fault that found nobody to hit did no harm to it. */
  readonly isPartOfCampaign: boolean;
}

/** Unknown, with the reasons, where too little happened; never invalid. */
export function checkStats(stats: Stats, windows: readonly FaultWindow[], gates: StatsGates): CheckResult {
  const reasons = gates.isPartOfCampaign ? [] : tooFew(stats, gates.plannedNemeses);
  for (const window of windows) {
    if (window.active === undefined) {
      if (gates.isPartOfCampaign && foundNoTarget(window)) continue;
      reasons.push(`${window.fault} (${window.variant}) never bit: ${window.failure ?? 'no proof'}`);
    } else if (window.failure !== undefined)
      reasons.push(`${window.fault} (${window.variant}): ${window.failure}`);
  }
  const total = { ok: 0, info: 0, fail: 0 };
  for (const counts of Object.values(stats.byF)) {
    total.ok += counts.ok;
    total.info += counts.info;
    total.fail += counts.fail;
  }
  const evidence = `ok ${total.ok}, info ${total.info}, fail ${total.fail}; ${stats.acknowledged} acknowledged, ${stats.nonEmptyPulls} pulls with messages`;
  const facts = { ...stats, windows };
  if (reasons.length > 0)
    return unknownResult('stats', `too little was tried: ${reasons.join('; ')} (${evidence})`, facts);
  return { checker: 'stats', verdict: 'valid', evidence, anomalies: [], anomalyCounts: {}, facts };
}

/** What falls short of `leastWork`, one sentence each: of a run, or of a campaign that has added up its runs. */
export function tooFew(
  stats: Pick<Stats, 'acknowledged' | 'nonEmptyPulls' | 'duringFaults'>,
  plannedNemeses: readonly string[],
): string[] {
  const reasons: string[] = [];
  const few = (what: string, got: number, wanted: number) => {
    if (got < wanted) reasons.push(`${what}: ${got}, wanted ${wanted}`);
  };
  few('sends acknowledged', stats.acknowledged, leastWork.acknowledged);
  few('pulls with messages', stats.nonEmptyPulls, leastWork.nonEmptyPulls);
  // Who asks for a part, say disk:full, asks for its nemesis.
  for (const nemesis of new Set(plannedNemeses.map((name) => name.split(':')[0] ?? name))) {
    few(
      `operations invoked while ${nemesis} was biting`,
      stats.duringFaults[nemesis] ?? 0,
      leastWork.duringFaults,
    );
  }
  return reasons;
}
