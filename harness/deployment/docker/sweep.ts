/** Takes away what runs left in the engine. */
import { isHarnessDead } from '../process/run-registry.ts';
import type { Engine } from './engine.ts';
import { ofRun, projectLabel, runIdOf } from './labels.ts';

export interface SweptRun {
  readonly runId: string;
  readonly containers: number;
  readonly networks: number;
  /** What the engine would not take away, and why: it is in nobody's way. */
  readonly failure?: string;
}

/** All of one run. */
export async function removeRun(engine: Engine, runId: string): Promise<SweptRun> {
  const containers = await engine.containers(ofRun(runId));
  await Promise.all(containers.map(({ id }) => engine.removeContainer(id)));
  const networks = await engine.networks(ofRun(runId));
  await Promise.all(networks.map(({ id }) => engine.removeNetwork(id)));
  return { runId, containers: containers.length, networks: networks.length };
}

/** Of runs of this machine whose harness died; never of others. */
export async function sweepDeadContainers(engine: Engine): Promise<readonly SweptRun[]> {
  const listed = [...(await engine.containers(projectLabel)), ...(await engine.networks(projectLabel))];
  const runIds = new Set(listed.flatMap(({ labels }) => runIdOf(labels) ?? []));
  return Promise.all(
    [...runIds].filter(isHarnessDead).map((runId) =>
      removeRun(engine, runId).catch((error: unknown) => ({
        runId,
        containers: 0,
        networks: 0,
        failure: error instanceof Error ? error.message : String(error),
      })),
    ),
  );
}
