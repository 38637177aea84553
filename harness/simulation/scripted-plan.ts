/** The plan of a run in the simulated world whose faults come from a script. Pure. */
import { parseScript, ScriptError } from '../../nemeses/script/script.ts';
import type { RunPlan } from '../record/run-plan.ts';

const settings = {
  minInSyncReplicas: 2,
  brokers: 3,
  controllers: 3,
  queues: 2,
  rate: 60,
} as const;

/** `text`: of the script; its header's `settings: key=value ...` are taken. Throws ScriptError. */
export function scriptedPlan(
  name: string,
  text: string,
  options: { readonly seed: number; readonly bug?: RunPlan['bug'] },
): RunPlan {
  const given = new Map(Object.entries<number>(settings));
  for (const word of (parseScript(name, text).header.get('settings') ?? '').split(/\s+/).filter(Boolean)) {
    const [key = '', value = ''] = word.split('=');
    if (!given.has(key) || !/^\d+$/.test(value)) {
      throw new ScriptError(
        `${name}: settings: wanted KEY=NUMBER with a key of ${[...given.keys()].join(', ')}, got "${word}"`,
      );
    }
    given.set(key, Number(value));
  }
  const number = (key: keyof typeof settings) => given.get(key) ?? settings[key];
  return {
    workload: 'log',
    nemeses: [],
    deployment: 'sim',
    seed: options.seed,
    timeLimitS: 0,
    quietStartS: 1,
    recoveryTimeS: 30,
    nemesisIntervalS: 11,
    rate: number('rate'),
    concurrency: 12,
    queues: number('queues'),
    nodes: number('brokers'),
    controllers: number('controllers'),
    flush: 'sync',
    minInSyncReplicas: number('minInSyncReplicas'),
    toxiproxy: 'none',
    bug: options.bug,
    keep: false,
    script: { name, text },
  };
}
