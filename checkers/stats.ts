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
  /** The same, whichever it was. */
  readonly duringAnyFault: number;
}

/** Below these a run that found nothing proves nothing. */
export const leastWork = { acknowledged: 1000, nonEmptyPulls: 1000, duringFaults: 100 } as const;

interface Stretch {
  readonly from: number;
  readonly to: number;
}

export class StatsCounter {
  readonly #byF: Partial<Record<OperationF, Counts>> = {};
  readonly #biting: ReadonlyMap<string, readonly Stretch[]>;
  readonly #bitingAny: readonly Stretch[];
  readonly #during = new Map<string, number>();
  #duringAny = 0;
  #nonEmptyPulls = 0;
  #tailPulls = 0;

  constructor(windows: readonly FaultWindow[]) {
    for (const { nemesis } of windows) this.#during.set(nemesis, 0);
    const ofNemesis = (name: string) => windows.filter(({ nemesis }) => nemesis === name);
    this.#biting = new Map([...this.#during.keys()].map((name) => [name, stretches(ofNemesis(name))]));
    this.#bitingAny = stretches(windows);
  }

  add(operation: Operation): void {
    const counts = this.#byF[operation.f] ?? { invoked: 0, ok: 0, fail: 0, info: 0 };
    this.#byF[operation.f] = counts;
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
      duringAnyFault: this.#duringAny,
    };
  }

  #countDuringFaults(time: number): void {
    if (!isWithin(time, this.#bitingAny)) return;
    this.#duringAny += 1;
    for (const [nemesis, biting] of this.#biting) {
      if (isWithin(time, biting)) this.#during.set(nemesis, (this.#during.get(nemesis) ?? 0) + 1);
    }
  }
}

function isWithin(time: number, stretches: readonly Stretch[]): boolean {
  return stretches.some(({ from, to }) => time >= from && time <= to);
}

/** When each of these faults was proven to bite. */
function stretches(windows: readonly FaultWindow[]): Stretch[] {
  return windows.flatMap(({ active }) => (active === undefined ? [] : [active]));
}

/** What is demanded of a run by itself. */
export interface StatsGates {
  /** Those the run was asked for by name, without `none`. */
  readonly plannedNemeses: readonly string[];
  /** The run was asked for faults, whichever: all-random. */
  readonly drawsFaults: boolean;
  /** Amounts are demanded of the campaign as a whole, and a fault that found nobody to hit did no harm to it. */
  readonly isPartOfCampaign: boolean;
}

/** Unknown, with the reasons, where too little happened; never invalid. */
export function checkStats(stats: Stats, windows: readonly FaultWindow[], gates: StatsGates): CheckResult {
  const reasons = gates.isPartOfCampaign ? [] : tooFew(stats, gates.plannedNemeses);
  if (!gates.isPartOfCampaign && gates.drawsFaults && stats.duringAnyFault < leastWork.duringFaults)
    reasons.push(
      `operations invoked while a fault was biting: ${stats.duringAnyFault}, wanted ${leastWork.duringFaults}`,
    );
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
