/** Puts nemeses to work on a living cluster: injects, proves that it bit, waits, heals, proves that it healed. */
import type { FaultEvent, FaultPhase, FaultProof } from '../../checkers/history/fault.ts';
import type { Clock } from '../../cluster/runtime/clock.ts';
import type { Random } from '../../cluster/runtime/random.ts';
import type {
  ActiveFault,
  BreakableCluster,
  FaultPlan,
  Nemesis,
  ProbeResult,
} from '../../nemeses/nemesis.ts';
import type { RunClock } from './recorder.ts';

export interface NemesisDriverOptions {
  readonly cluster: BreakableCluster;
  readonly nemeses: readonly Nemesis[];
  readonly random: Random;
  readonly clock: Clock;
  readonly runClock: RunClock;
  readonly quietStartMs: number;
  readonly intervalMs: number;
  readonly durationMs: number;
  readonly record: (event: FaultEvent) => void;
}

/** A probe is asked again until it proves or this is over. */
const bitePatienceMs = 4_000;
const healPatienceMs = 20_000;
const probePauseMs = 100;
/** Where there is nothing to hit (no master between two elections), asked again until this is over. */
const targetPatienceMs = 5_000;

export class NemesisDriver {
  readonly #options: NemesisDriverOptions;
  readonly #loops: Promise<void>[] = [];
  readonly #sleepers = new Set<() => void>();
  #stopping = false;
  #faults = 0;

  constructor(options: NemesisDriverOptions) {
    this.#options = options;
  }

  start(): void {
    for (const nemesis of this.#options.nemeses) {
      if (nemesis.variants.length > 0) this.#loops.push(this.#loop(nemesis));
    }
  }

  /** Heals what is at work and resolves when every heal is proven, or has failed and was recorded so. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const wake of this.#sleepers) wake();
    await Promise.all(this.#loops);
  }

  async #loop(nemesis: Nemesis): Promise<void> {
    const { quietStartMs, intervalMs, durationMs } = this.#options;
    const random = this.#options.random.fork(nemesis.name);
    await this.#sleep(quietStartMs);
    for (let round = 0; !this.#stopping; round += 1) {
      const variant = cycled(nemesis.variants, random, round);
      await this.#fault(nemesis, variant, random.fork(`fault-${round}`), durationMs);
      await this.#sleep(intervalMs);
    }
  }

  async #fault(nemesis: Nemesis, variant: string, random: Random, durationMs: number): Promise<void> {
    this.#faults += 1;
    const fault = `${nemesis.name}-${this.#faults}`;
    const { cluster, record, runClock } = this.#options;
    const tell = (phase: FaultPhase, plan: FaultPlan | undefined, proof?: FaultProof) =>
      record({
        time: runClock.ns(),
        fault,
        phase,
        nemesis: nemesis.name,
        variant: plan?.variant ?? variant,
        targets: plan?.targets ?? [],
        ...(plan === undefined || plan.links.length === 0 ? {} : { links: plan.links }),
        ...(proof === undefined ? {} : { proof }),
      });
    const plan = await this.#findTarget(nemesis, variant, random);
    if (typeof plan === 'string') {
      if (!this.#stopping) tell('failed', undefined, { reason: plan });
      return;
    }
    tell('inject', plan);
    let active: ActiveFault;
    try {
      active = await nemesis.inject(cluster, plan);
    } catch (error) {
      tell('failed', plan, { reason: `could not be injected: ${messageOf(error)}` });
      return;
    }
    const began = this.#options.clock.monotonicMs();
    const bit = await this.#prove(() => active.probeBit(), bitePatienceMs);
    if (bit.proven) tell('bit', plan, bit.proof);
    else tell('failed', plan, { ...bit.proof, reason: 'no probe proved that it bites' });
    await this.#sleep(durationMs - (this.#options.clock.monotonicMs() - began));
    tell('heal', plan);
    try {
      await active.heal();
    } catch (error) {
      tell('failed', plan, { reason: `could not be healed: ${messageOf(error)}` });
      return;
    }
    const healed = await this.#prove(() => active.probeHealed(), healPatienceMs);
    if (healed.proven) tell('healed', plan, healed.proof);
    else tell('failed', plan, { ...healed.proof, reason: 'no probe proved that it healed' });
  }

  /** A plan, or why there is none. */
  async #findTarget(nemesis: Nemesis, variant: string, random: Random): Promise<FaultPlan | string> {
    const { clock, cluster } = this.#options;
    const until = clock.monotonicMs() + targetPatienceMs;
    for (let attempt = 0; ; attempt += 1) {
      const plan = nemesis.plan(variant, random.fork(`attempt-${attempt}`), await cluster.view());
      if (plan.kind === 'planned') return plan;
      if (this.#stopping || clock.monotonicMs() > until) return `no target: ${plan.reason}`;
      await this.#sleep(probePauseMs);
    }
  }

  async #prove(probe: () => Promise<ProbeResult>, patienceMs: number): Promise<ProbeResult> {
    const { clock } = this.#options;
    const until = clock.monotonicMs() + patienceMs;
    for (;;) {
      let last: ProbeResult;
      try {
        last = await probe();
      } catch (error) {
        last = { proven: false, proof: { error: messageOf(error) } };
      }
      if (last.proven || clock.monotonicMs() > until) return last;
      await new Promise<void>((resolve) => clock.after(probePauseMs, resolve));
    }
  }

  /** Ends early when the driver stops. */
  #sleep(ms: number): Promise<void> {
    if (this.#stopping || ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        timer.cancel();
        this.#sleepers.delete(wake);
        resolve();
      };
      const timer = this.#options.clock.after(ms, wake);
      this.#sleepers.add(wake);
    });
  }
}

/** Every variant once, in an order drawn anew for each round through all of them. */
export function cycled(variants: readonly string[], random: Random, round: number): string {
  const cycle = Math.floor(round / variants.length);
  const luck = random.fork(`cycle-${cycle}`);
  const order = [...variants];
  for (let at = order.length - 1; at > 0; at -= 1) {
    const other = luck.below(at + 1);
    const kept = order[at] ?? '';
    order[at] = order[other] ?? '';
    order[other] = kept;
  }
  return order[round % variants.length] ?? '';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
