/** What the command line asks of the simulated world: the plan of every seed, with what is fixed by hand. */
import type { CampaignBase } from '../campaign/campaign-seed.ts';
import type { RunPlan } from '../record/run-plan.ts';
import { UsageError } from '../usage-error.ts';
import { type OptionName, type OptionRow, optionsTable } from './options-table.ts';
import type { ParsedArguments } from './parse-options.ts';
import { runPlanFromOptions } from './run-plan-from-options.ts';

/** What swarm draws, unless it is given: by the name of its option. */
const drawnFields = {
  'time-limit': 'timeLimitS',
  'quiet-start': 'quietStartS',
  'recovery-time': 'recoveryTimeS',
  rate: 'rate',
  concurrency: 'concurrency',
  queues: 'queues',
  nodes: 'nodes',
  controllers: 'controllers',
  flush: 'flush',
  'min-in-sync-replicas': 'minInSyncReplicas',
  bug: 'bug',
  'broker-properties': 'properties',
  'controller-properties': 'properties',
} as const satisfies Partial<Record<OptionName, keyof RunPlan>>;

/** `seed`: only for a plan that is not drawn. Throws UsageError. */
export function campaignBaseFromOptions(
  parsed: ParsedArguments,
  nemesis: string,
  seed: number,
): CampaignBase {
  const values = new Map(parsed.values);
  for (const { name, simDefault } of optionsTable as readonly OptionRow[]) {
    const option = name as OptionName;
    if (simDefault !== undefined && !parsed.given.has(option)) values.set(option, simDefault);
  }
  if (nemesis !== 'swarm') {
    if (nemesis.split(',').includes('swarm'))
      throw new UsageError('--nemesis: "swarm" goes alone, since it draws the others; drop it, or drop them');
    return { kind: 'plain', plan: runPlanFromOptions(values.set('nemesis', nemesis), seed, 'sim') };
  }
  const plan = runPlanFromOptions(values.set('nemesis', 'none'), seed, 'sim');
  const fixed: Partial<Record<keyof RunPlan, unknown>> = { keep: plan.keep };
  const given: Record<string, string> = {};
  for (const [option, field] of Object.entries(drawnFields) as [OptionName, keyof RunPlan][]) {
    if (!parsed.given.has(option)) continue;
    fixed[field] = plan[field];
    given[option] = values.get(option) ?? '';
  }
  return { kind: 'swarm', fixed: fixed as Partial<RunPlan>, given };
}
