/** `--deployment`: which world a run takes, and what people are told of it. */
import type { Deployment } from '../deployment/deployment.ts';
import { ProcessDeployment } from '../deployment/process/process-deployment.ts';
import { UsageError } from '../usage-error.ts';

const advice = {
  process: '--deployment sim needs nothing of the machine',
  docker:
    'start an engine (as root on Debian: harness/deployment/docker/setup-debian.sh), or take --deployment process',
} as const;

/** Throws UsageError where the world is not to be had here. `say`: one line for people, where the world was chosen for them. */
export async function chooseDeployment(name: string, say: (line: string) => void): Promise<Deployment> {
  if (name === 'docker') {
    const docker = await openDocker();
    const missing = await docker.unavailable();
    if (missing === undefined) return docker;
    throw new UsageError(`--deployment docker: ${missing}; ${advice.docker}`);
  }
  const deployment = new ProcessDeployment();
  const missing = await deployment.unavailable();
  if (missing !== undefined) throw new UsageError(`--deployment process: ${missing}; ${advice.process}`);
  if (name === 'auto') say('deployment process: real processes on loopback addresses');
  return deployment;
}

/** Its packages take a moment to load, which those who need no containers are spared. */
async function openDocker(): Promise<Deployment> {
  const { DockerDeployment } = await import('../deployment/docker/docker-deployment.ts');
  return new DockerDeployment();
}
