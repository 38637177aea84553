/** Makes a failing scenario smaller, trial by trial, as long as it fails in the same way. */
import type { AnomalyName } from '../../checkers/anomaly.ts';
import type { FaultPlan } from '../../nemeses/nemesis.ts';
import type { ScheduledFault } from '../../nemeses/schedule.ts';
import type { ScriptedOperation } from '../workload/scripted-operation.ts';
import { anomaliesOf } from './failure.ts';
import { runScenario, type SimulatedRun } from './run-in-simulation.ts';
import { type Scenario, scenarioJson } from './scenario.ts';
import { onFewerNodes, pinnedSchedule, roundedTime, withinTime, withoutSteps } from './smaller-scenario.ts';
import { smallestPart } from './smallest-part.ts';

export interface ShrinkOptions {
  /** What every smaller run must show too. */
  readonly failure: AnomalyName;
  /** Says that the time is up: the smallest so far is the answer. */
  isOver(): boolean;
  progress(line: string): void;
}

export interface Shrunk {
  readonly scenario: Scenario;
  readonly run: SimulatedRun;
  readonly trials: number;
}

/** What a trial did, in the words of a scenario. */
interface Trial {
  readonly scenario: Scenario;
  readonly run: SimulatedRun;
  readonly faults: readonly { readonly fault: ScheduledFault; readonly plan: FaultPlan }[];
  readonly operations: readonly ScriptedOperation[];
}

/** A smaller run has other luck: so many worlds are tried before a step is given up. */
const luckMax = 4;

/** Rejects when the scenario does not fail that way at all. */
export async function shrink(scenario: Scenario, options: ShrinkOptions): Promise<Shrunk> {
  const shrinker = new Shrinker(options);
  await shrinker.begin(scenario);
  return shrinker.shrink();
}

class Shrinker {
  readonly #options: ShrinkOptions;
  #best: Trial | undefined;
  #trials = 0;
  /** Those that did not fail, and the best, which need not be run again. */
  readonly #tried = new Set<string>();

  constructor(options: ShrinkOptions) {
    this.#options = options;
  }

  async begin(scenario: Scenario): Promise<void> {
    const trial = await this.#run(scenario);
    const found = anomaliesOf(trial.run.judgement.results);
    if (!found.includes(this.#options.failure))
      throw new Error(`the run does not show ${this.#options.failure}, but ${found.join(', ') || 'nothing'}`);
    this.#best = trial;
  }

  async shrink(): Promise<Shrunk> {
    // What makes each trial cheaper comes first.
    await this.#shorten();
    await this.#slower();
    await this.#pin();
    await this.#fewerFaults();
    await this.#shorten();
    await this.#slower();
    await this.#writeScript();
    for (let size = Number.POSITIVE_INFINITY; this.#size() < size && !this.#options.isOver(); ) {
      size = this.#size();
      await this.#smallerCluster();
      await this.#fewerOperations();
      await this.#fewerFaults();
      await this.#fewerLinks();
      await this.#rounderTimes();
      await this.#shorten();
    }
    const { scenario, run } = this.best;
    return { scenario, run, trials: this.#trials };
  }

  get best(): Trial {
    if (this.#best === undefined) throw new Error('begin first');
    return this.#best;
  }

  #size(): number {
    const { schedule, script = [], plan } = this.best.scenario;
    const links = schedule.reduce((sum, { pinned }) => sum + (pinned?.links.length ?? 0), 0);
    return schedule.length * 100 + script.length * 100 + plan.nodes + plan.controllers + links;
  }

  /** The end of the load comes as early as it can. */
  async #shorten(): Promise<void> {
    for (let steps = 0; steps < 4; steps += 1) {
      const { timeLimitS } = this.best.scenario.plan;
      const shorter = [0.25, 0.5, 0.75, 0.9]
        .map((part) => Math.ceil(timeLimitS * part * 2) / 2)
        .filter((limitS) => limitS < timeLimitS);
      if (!(await this.#firstThatFails('time', shorter, (limitS) => withinTime(this.best.scenario, limitS))))
        return;
    }
  }

  async #fewerFaults(): Promise<void> {
    const { scenario } = this.best;
    await smallestPart(scenario.schedule, (schedule) =>
      this.#step('faults', { ...this.best.scenario, schedule }),
    );
  }

  async #pin(): Promise<void> {
    const { scenario, faults, run } = this.best;
    if (scenario.schedule.every(({ pinned }) => pinned !== undefined)) return;
    await this.#step('faults as they came', pinnedSchedule(scenario, faults, run.output.faults), 2);
  }

  /** Of the load that the seed draws. */
  async #slower(): Promise<void> {
    if (this.best.scenario.script !== undefined) return;
    const { rate } = this.best.scenario.plan;
    const slower = [rate / 16, rate / 8, rate / 4, rate / 2].map(Math.ceil).filter((some) => some < rate);
    await this.#firstThatFails('rate', slower, (some) => {
      const { scenario } = this.best;
      return { ...scenario, plan: { ...scenario.plan, rate: some } };
    });
  }

  async #writeScript(): Promise<void> {
    const { scenario, operations } = this.best;
    if (scenario.script !== undefined) return;
    await this.#step(
      'operations written down',
      { ...scenario, script: [...operations].sort((a, b) => a.atMs - b.atMs) },
      luckMax,
    );
  }

  async #fewerOperations(): Promise<void> {
    const { script } = this.best.scenario;
    if (script === undefined) return;
    const only = (part: readonly ScriptedOperation[]): Scenario => ({ ...this.best.scenario, script: part });
    const processes = [...new Set(script.map(({ process }) => process))];
    const kept = await smallestPart(processes, (some) =>
      this.#step('processes', only(script.filter(({ process }) => some.includes(process)))),
    );
    const left = script.filter(({ process }) => kept.includes(process));
    await smallestPart(left, (part) => this.#step('operations', only(part)));
  }

  async #smallerCluster(): Promise<void> {
    const one = this.best.scenario;
    if (one.plan.controllers > 1) await this.#step('controllers', onFewerNodes(one, { controllers: 1 }), 2);
    if (one.plan.nodes > 2)
      await this.#step('brokers', onFewerNodes(this.best.scenario, { nodes: one.plan.nodes - 1 }), 2);
    const { plan, script } = this.best.scenario;
    if (script === undefined) return;
    if (plan.queues > 1) {
      const sameQueue = script.map((operation) => ({ ...operation, queueId: 0 }));
      await this.#step(
        'queues',
        { ...this.best.scenario, plan: { ...plan, queues: 1 }, script: sameQueue },
        2,
      );
    }
    const concurrency = 4;
    if (this.best.scenario.plan.concurrency > concurrency) {
      const { scenario } = this.best;
      const merged = scenario.script?.map((one) => ({ ...one, process: one.process % concurrency })) ?? [];
      await this.#step(
        'clients',
        { ...scenario, plan: { ...scenario.plan, concurrency }, script: merged },
        2,
      );
    }
  }

  async #fewerLinks(): Promise<void> {
    for (const { id, pinned } of this.best.scenario.schedule) {
      if (pinned === undefined) continue;
      const { steps } = pinned;
      if (steps !== undefined) {
        // Its links are those of its steps, told once more for plots.
        await smallestPart(steps, (some) =>
          some.length === 0
            ? Promise.resolve(false)
            : this.#step('steps', {
                ...this.best.scenario,
                schedule: this.best.scenario.schedule.map((fault) =>
                  fault.id === id
                    ? {
                        ...fault,
                        pinned: {
                          ...pinned,
                          steps: withoutSteps(
                            steps,
                            steps.filter((step) => !some.includes(step)),
                          ),
                        },
                      }
                    : fault,
                ),
              }),
        );
        continue;
      }
      if (pinned.links.length < 2) continue;
      await smallestPart(pinned.links, (links) =>
        links.length === 0
          ? Promise.resolve(false)
          : this.#step('links', {
              ...this.best.scenario,
              schedule: this.best.scenario.schedule.map((fault) =>
                fault.id === id ? { ...fault, pinned: { ...pinned, links } } : fault,
              ),
            }),
      );
    }
  }

  async #rounderTimes(): Promise<void> {
    for (const { id, durationMs } of this.best.scenario.schedule) {
      const change = (to: number): Scenario => ({
        ...this.best.scenario,
        schedule: this.best.scenario.schedule.map((fault) =>
          fault.id === id ? { ...fault, durationMs: to } : fault,
        ),
      });
      const shorter = [500, 1000, 2000, 3000, Math.ceil(durationMs / 1000) * 1000].filter(
        (ms) => ms < durationMs,
      );
      await this.#firstThatFails('durations', shorter, change);
    }
    await this.#firstThatFails('times', [1000, 500, 100, 10], (ms) => roundedTime(this.best.scenario, ms));
  }

  async #firstThatFails<T>(
    what: string,
    values: readonly T[],
    make: (value: T) => Scenario,
  ): Promise<boolean> {
    for (const value of values) if (await this.#step(what, make(value))) return true;
    return false;
  }

  /** True: it fails, and is the best from now on. */
  async #step(what: string, scenario: Scenario, lucks = 1): Promise<boolean> {
    const first = this.best.scenario.worldSeed ?? this.best.scenario.plan.seed;
    for (let luck = 0; luck < lucks; luck += 1) {
      if (this.#options.isOver()) return false;
      const candidate = { ...scenario, worldSeed: (first + luck) % 2 ** 32 };
      const key = scenarioJson(candidate);
      if (this.#tried.has(key)) continue;
      this.#tried.add(key);
      const trial = await this.#run(candidate).catch(() => undefined);
      if (trial === undefined) return false;
      if (!anomaliesOf(trial.run.judgement.results).includes(this.#options.failure)) continue;
      this.#best = trial;
      const { schedule, script, plan } = scenario;
      const count = script?.length ?? trial.operations.length;
      this.#options.progress(
        `${what}: ${schedule.length} faults, ${count} operations, ${plan.timeLimitS} s, ${plan.nodes} brokers, ${plan.controllers} controllers (trial ${this.#trials})`,
      );
      return true;
    }
    return false;
  }

  async #run(scenario: Scenario): Promise<Trial> {
    this.#trials += 1;
    const faults: { fault: ScheduledFault; plan: FaultPlan }[] = [];
    const operations: ScriptedOperation[] = [];
    const run = await runScenario(scenario, {
      witness: {
        faultPlanned: (fault, plan) => faults.push({ fault, plan }),
        operationPlanned: (operation) => operations.push(operation),
      },
    });
    return { scenario, run, faults, operations };
  }
}
