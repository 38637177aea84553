/** The plan of a run, from the command line. */

import { type SeededBug, seededBugNames } from '../../cluster/runtime/seeded-bug.ts';
import { baseName } from '../../nemeses/chosen-nemeses.ts';
import { namedNemeses } from '../../nemeses/presets/named-nemeses.ts';
import { parseToxiproxyChoice, toxiproxyForms } from '../links/toxiproxy-choice.ts';
import type { RunPlan } from '../record/run-plan.ts';
import { UsageError } from '../usage-error.ts';
import { didYouMean } from './did-you-mean.ts';
import { nemesesOfPlan } from './nemeses-of-plan.ts';
import type { OptionName } from './options-table.ts';

/** `seed` is what the caller drew where none was given. Throws UsageError where options do not go together. */
export function runPlanFromOptions(
  values: ReadonlyMap<OptionName, string>,
  seed: number,
  deployment: string,
): RunPlan {
  const text = (name: OptionName) => values.get(name) ?? '';
  const number = (name: OptionName) => Number(text(name));
  const names = text('nemesis').split(',');
  if (names.includes('none') && names.length > 1) {
    throw new UsageError('--nemesis: "none" goes alone; drop it, or drop the others');
  }
  if (new Set(names).size !== names.length)
    throw new UsageError(`--nemesis: each name once, got "${text('nemesis')}"`);
  if (names.includes('all-random') && names.length > 1)
    throw new UsageError('--nemesis: "all-random" goes alone, since it draws from all others');
  const nodes = number('nodes');
  refusePresets(names, nodes);
  const minInSyncReplicas = number('min-in-sync-replicas');
  if (minInSyncReplicas > nodes) {
    throw new UsageError(
      `--min-in-sync-replicas: wanted at most --nodes (${nodes}), got ${minInSyncReplicas}; nothing could be written`,
    );
  }
  const quietStartS = number('quiet-start');
  const timeLimitS = number('time-limit');
  if (!names.includes('none') && quietStartS >= timeLimitS) {
    throw new UsageError(
      `--quiet-start: wanted less than --time-limit (${timeLimitS} s), got ${quietStartS}; no fault would ever come`,
    );
  }
  const plan: RunPlan = {
    workload: 'log',
    nemeses: names.filter((name) => name !== 'none'),
    deployment,
    seed,
    timeLimitS,
    quietStartS,
    recoveryTimeS: number('recovery-time'),
    nemesisIntervalS: number('nemesis-interval'),
    rate: number('rate'),
    concurrency: number('concurrency'),
    queues: number('queues'),
    nodes,
    controllers: number('controllers'),
    flush: text('flush') === 'async' ? 'async' : 'sync',
    minInSyncReplicas,
    toxiproxy: deployment === 'sim' ? 'none' : toxiproxyOf(text('toxiproxy')),
    bug: bugOf(text('bug')),
    keep: values.has('keep'),
    ...(number('ramp') === 1 ? {} : { ramp: number('ramp') }),
    ...(values.has('expect-loss') ? { expectLoss: true } : {}),
    ...propertiesOf(values),
    ...limitsOf(values, deployment),
  };
  nemesesOfPlan(plan);
  return plan;
}

/** Their steps wait for each other, and speak of a master and two slaves. */
function refusePresets(names: readonly string[], nodes: number): void {
  const preset = names.find((name) => namedNemeses.get(baseName(name))?.isPreset === true);
  if (preset === undefined) return;
  if (names.length > 1)
    throw new UsageError(
      `--nemesis: "${preset}" goes alone, since its steps wait for each other; drop the others`,
    );
  if (nodes < 3)
    throw new UsageError(
      `--nodes: wanted 3 or more for --nemesis ${preset}, which speaks of a master and two slaves, got ${nodes}`,
    );
}

function propertiesOf(values: ReadonlyMap<OptionName, string>): Pick<RunPlan, 'properties'> {
  const broker = pairs('broker-properties', values.get('broker-properties'));
  const controller = pairs('controller-properties', values.get('controller-properties'));
  if (broker === undefined && controller === undefined) return {};
  return { properties: { broker: broker ?? {}, controller: controller ?? {} } };
}

function pairs(option: OptionName, text: string | undefined): Readonly<Record<string, string>> | undefined {
  if (text === undefined) return undefined;
  return Object.fromEntries(
    text.split(',').map((pair) => {
      const at = pair.indexOf('=');
      if (at > 0) return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()] as const;
      throw new UsageError(`--${option}: wanted key=value with commas between, got "${pair}"`);
    }),
  );
}

function limitsOf(
  values: ReadonlyMap<OptionName, string>,
  deployment: string,
): { readonly memoryMiB?: number; readonly cpus?: number } {
  const [memoryMiB, cpus] = [values.get('memory'), values.get('cpus')];
  if ((memoryMiB ?? cpus) !== undefined && deployment !== 'docker') {
    const name = memoryMiB === undefined ? 'cpus' : 'memory';
    throw new UsageError(
      `--${name}: only containers can be held to it; wanted --deployment docker, got ${deployment}`,
    );
  }
  return {
    ...(memoryMiB === undefined ? {} : { memoryMiB: Number(memoryMiB) }),
    ...(cpus === undefined ? {} : { cpus: Number(cpus) }),
  };
}

function toxiproxyOf(which: string): string {
  if (parseToxiproxyChoice(which) !== undefined) return which;
  const advice = didYouMean(which, ['auto', 'embedded', 'binary']);
  throw new UsageError(`--toxiproxy: wanted ${toxiproxyForms}, got "${which}"${advice}`);
}

function bugOf(name: string): SeededBug | undefined {
  if (name === '') return undefined;
  const known = seededBugNames.find((bug) => bug === name);
  if (known !== undefined) return known;
  throw new UsageError(
    `--bug: no bug named "${name}"${didYouMean(name, seededBugNames) || '.'} Known: ${seededBugNames.join(', ')}`,
  );
}
