/** What everything that a run makes in an engine is marked with, so that the next run knows it again. */
import { hostname } from 'node:os';

export const projectLabel = 'rocketmq-jepsen';
const runLabel = 'rocketmq-jepsen.run';
/** Several machines may use one engine, and can tell only of their own processes which live. */
const machineLabel = 'rocketmq-jepsen.machine';

export const projectLabels: Readonly<Record<string, string>> = { [projectLabel]: 'yes' };

export function runLabels(runId: string): Readonly<Record<string, string>> {
  return { ...projectLabels, [runLabel]: runId, [machineLabel]: hostname() };
}

/** For the engine's filters. */
export function ofRun(runId: string): string {
  return `${runLabel}=${runId}`;
}

/** Undefined for what another machine made. */
export function runIdOf(labels: Readonly<Record<string, string>>): string | undefined {
  return labels[machineLabel] === hostname() ? labels[runLabel] : undefined;
}
