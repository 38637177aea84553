/** All that decides a simulated run, as JSON: the same scenario and the same revision give the same digest. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { FaultLink } from '../../checkers/history/fault.ts';
import { seededBugNames } from '../../cluster/runtime/seeded-bug.ts';
import { cutFlavours, type FaultPlan, type FaultStep, type NodeVerb } from '../../nemeses/nemesis.ts';
import { namedNemeses } from '../../nemeses/presets/named-nemeses.ts';
import type { ScheduledFault } from '../../nemeses/schedule.ts';
import { JsonPart } from '../record/json-part.ts';
import type { RunPlan } from '../record/run-plan.ts';
import type { ScriptedOperation } from '../workload/scripted-operation.ts';

export const scenarioVersion = 1;

export interface Scenario {
  readonly plan: RunPlan;
  readonly schedule: readonly ScheduledFault[];
  /** The load, operation by operation; without it the plan's seed draws it. */
  readonly script?: readonly ScriptedOperation[];
  /** The seed of the world (delays, disks, order) where it is not the plan's: a smaller run may need other luck to fail. */
  readonly worldSeed?: number;
}

/** How each part of a plan is read. */
const planReaders: { readonly [Name in keyof RunPlan]: (part: JsonPart) => RunPlan[Name] } = {
  workload: (part) => part.oneOf(['log']),
  nemeses: (part) => part.list((one) => one.text()),
  deployment: (part) => part.text(),
  seed: (part) => part.count(),
  timeLimitS: (part) => part.number(),
  quietStartS: (part) => part.number(),
  recoveryTimeS: (part) => part.number(),
  nemesisIntervalS: (part) => part.number(),
  ramp: (part) => part.optional((one) => one.number()),
  rate: (part) => part.number(),
  concurrency: (part) => part.count(),
  queues: (part) => part.count(),
  nodes: (part) => part.count(),
  controllers: (part) => part.count(),
  flush: (part) => part.oneOf(['sync', 'async']),
  minInSyncReplicas: (part) => part.count(),
  toxiproxy: (part) => part.text(),
  bug: (part) => part.optional((one) => one.oneOf(seededBugNames)),
  keep: (part) => part.flag(),
  expectLoss: (part) => part.optional((one) => one.flag()),
  script: (part) => part.optional((one) => ({ name: one.at('name').text(), text: one.at('text').text() })),
  properties: (part) =>
    part.optional((one) => ({
      broker: readTexts(one.at('broker')),
      controller: readTexts(one.at('controller')),
    })),
  mix: (part) =>
    part.optional((one) => ({
      sendShare: one.at('sendShare').number(),
      tailShare: one.at('tailShare').number(),
    })),
  isPartOfCampaign: (part) => part.optional((one) => one.flag()),
  swarm: (part) => part.optional(readTexts),
};

function readTexts(part: JsonPart): Readonly<Record<string, string>> {
  return Object.fromEntries(part.names().map((name) => [name, part.at(name).text()]));
}

export function scenarioJson(scenario: Scenario): string {
  const { plan, schedule, worldSeed, script } = scenario;
  const lines = (values: readonly unknown[]) =>
    values.length === 0
      ? '[]'
      : `[\n${values.map((value) => `    ${JSON.stringify(value)}`).join(',\n')}\n  ]`;
  const parts = [
    `"version": ${scenarioVersion}`,
    `"plan": ${JSON.stringify(plan, null, 2).replaceAll('\n', '\n  ')}`,
    ...(worldSeed === undefined ? [] : [`"worldSeed": ${worldSeed}`]),
    `"schedule": ${lines(schedule)}`,
    ...(script === undefined ? [] : [`"script": ${lines(script)}`]),
  ];
  return `{\n${parts.map((part) => `  ${part}`).join(',\n')}\n}\n`;
}

/** Throws UsageError that names the part which is not as it must be. */
export function readScenario(part: JsonPart): Scenario {
  const version = part.at('version');
  if (version.isMissing || version.count() !== scenarioVersion) version.refuse(`version ${scenarioVersion}`);
  const plan = readPlan(part.at('plan'));
  const worldSeed = part.at('worldSeed').optional((one) => one.count());
  const script = part.at('script').optional((one) => one.list((each) => readOperation(each, plan)));
  return {
    plan,
    schedule: part.at('schedule').list(readFault),
    ...(worldSeed === undefined ? {} : { worldSeed }),
    ...(script === undefined ? {} : { script }),
  };
}

export function parseScenario(text: string, path: string): Scenario {
  return readScenario(JsonPart.parse(text, path));
}

export function saveScenario(path: string, scenario: Scenario): void {
  writeFileSync(path, scenarioJson(scenario));
}

export function loadScenario(path: string): Scenario {
  return parseScenario(readFileSync(path, 'utf8'), path);
}

function readPlan(part: JsonPart): RunPlan {
  const known = Object.keys(planReaders);
  for (const name of part.names())
    if (!known.includes(name)) part.at(name).refuse(`one of the parts of a plan (${known.join(', ')})`);
  // The table has a reader for each part. A part that may be left out is left out again.
  return Object.fromEntries(
    Object.entries(planReaders)
      .map(([name, read]) => [name, read(part.at(name))] as const)
      .filter(([name, value]) => name === 'bug' || value !== undefined),
  ) as unknown as RunPlan;
}

function readFault(part: JsonPart): ScheduledFault {
  const nemesis = part.at('nemesis').oneOf([...namedNemeses.keys()]);
  const pinned = part.at('pinned').optional(readFaultPlan);
  return {
    id: part.at('id').text(),
    nemesis,
    variant: part.at('variant').oneOf(namedNemeses.get(nemesis)?.variants ?? []),
    atMs: part.at('atMs').number(),
    durationMs: part.at('durationMs').number(),
    ...(pinned === undefined ? {} : { pinned }),
  };
}

const faultPlanParts = ['kind', 'variant', 'targets', 'links', 'nodes', 'amounts', 'steps'];

/** A part nobody reads would be left out, and the run be another one. */
function readFaultPlan(part: JsonPart): FaultPlan {
  for (const name of part.names())
    if (!faultPlanParts.includes(name))
      part.at(name).refuse(`one of the parts of a pinned fault (${faultPlanParts.join(', ')})`);
  const steps = part.at('steps').optional((one) => one.list(readStep));
  const names = (name: string) => part.at(name).list((one) => one.text());
  const amounts = part
    .at('amounts')
    .optional((one) => Object.fromEntries(one.names().map((name) => [name, one.at(name).anyNumber()])));
  return {
    kind: part.at('kind').oneOf(['planned']),
    variant: part.at('variant').text(),
    targets: names('targets'),
    links: part.at('links').list(readLink),
    nodes: names('nodes'),
    ...(amounts === undefined ? {} : { amounts }),
    ...(steps === undefined ? {} : { steps }),
  };
}

const nodeVerbs = ['kill', 'stop', 'start', 'pause', 'resume'] as const satisfies readonly NodeVerb[];

function readStep(part: JsonPart): FaultStep {
  const afterMs = part.at('afterMs').number();
  const verb = part.at('verb').oneOf([...nodeVerbs, 'cut', 'heal']);
  if (verb === 'heal') return { verb, cut: part.at('cut').count(), afterMs };
  if (verb === 'cut') {
    const links = part.at('links').list(readLink);
    return {
      verb,
      cut: part.at('cut').count(),
      links,
      flavour: part.at('flavour').oneOf(cutFlavours),
      afterMs,
    };
  }
  return { verb, node: part.at('node').text(), afterMs };
}

function readLink(part: JsonPart): FaultLink {
  const [from, to, ...more] = part.list((one) => one.text());
  if (from === undefined || to === undefined || more.length > 0) return part.refuse('[from, to]');
  return [from, to];
}

function readOperation(part: JsonPart, plan: RunPlan): ScriptedOperation {
  const below = (one: JsonPart, limit: number, of: string) => {
    const value = one.count();
    if (value >= limit) one.refuse(`less than ${limit}, the plan's ${of}`);
    return value;
  };
  const back = part.at('back').optional((one) => one.count());
  return {
    atMs: part.at('atMs').number(),
    process: below(part.at('process'), plan.concurrency, 'concurrency'),
    f: part.at('f').oneOf(['send', 'pull', 'max-offset']),
    queueId: below(part.at('queueId'), plan.queues, 'queues'),
    ...(back === undefined ? {} : { back }),
  };
}
