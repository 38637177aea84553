/** `--deployment` and `--toxiproxy`: which world a run takes, and what people are told of it. */
import type { Deployment } from '../deployment/deployment.ts';
import { ProcessDeployment } from '../deployment/process/process-deployment.ts';
import { chosenServer, parseToxiproxyChoice, type ToxiproxyChoice } from '../links/toxiproxy-choice.ts';
import { UsageError } from '../usage-error.ts';

const advice = {
  process: '--deployment sim needs nothing of the machine',
  docker:
    'start an engine (as root on Debian: harness/deployment/docker/setup-debian.sh), or take --deployment process',
} as const;

export interface WantedWorld {
  /** auto, process or docker. */
  readonly deployment: string;
  /** As `parseToxiproxyChoice` reads it. */
  readonly toxiproxy: string;
}

/** Throws UsageError where the world is not to be had here. `say`: one line for people, where the world was chosen for them. */
export async function chooseDeployment(
  { deployment, toxiproxy }: WantedWorld,
  say: (line: string) => void,
): Promise<Deployment> {
  const links = parseToxiproxyChoice(toxiproxy) ?? { kind: 'auto' };
  refuseMissing(links);
  if (deployment === 'docker') return wantedDocker(links);
  if (deployment === 'process') return wantedProcesses(links);
  const { docker, missing } = links.kind === 'url' ? serverOutside : await tryDocker();
  if (docker !== undefined) {
    say('deployment docker: an engine answers, so each host is a container; --deployment process needs none');
    return docker;
  }
  const chosen = await wantedProcesses(links);
  say(`deployment process: real processes on loopback addresses, since ${missing}`);
  return chosen;
}

const serverOutside = { docker: undefined, missing: 'containers cannot use a Toxiproxy outside' } as const;

async function wantedDocker(links: ToxiproxyChoice): Promise<Deployment> {
  if (links.kind === 'url') {
    throw new UsageError(
      '--toxiproxy url: in containers each host has a Toxiproxy of its own; auto, embedded, binary=PATH and image=NAME say which',
    );
  }
  const { docker, missing } = await tryDocker();
  if (docker !== undefined) return docker;
  throw new UsageError(`--deployment docker: ${missing}; ${advice.docker}`);
}

async function wantedProcesses(links: ToxiproxyChoice): Promise<Deployment> {
  if (links.kind === 'image')
    throw new UsageError('--toxiproxy image: processes cannot use an image; add --deployment docker');
  const deployment = new ProcessDeployment();
  const missing = await deployment.unavailable();
  if (missing === undefined) return deployment;
  throw new UsageError(`--deployment process: ${missing}; ${advice.process}`);
}

/** Its packages take a moment to load, which those who need no containers are spared. */
async function tryDocker(): Promise<{
  readonly docker: Deployment | undefined;
  readonly missing: string | undefined;
}> {
  const { DockerDeployment } = await import('../deployment/docker/docker-deployment.ts');
  const docker = new DockerDeployment();
  const missing = await docker.unavailable();
  return { docker: missing === undefined ? docker : undefined, missing };
}

/** `binary` where there is none. */
function refuseMissing(links: ToxiproxyChoice): void {
  if (links.kind !== 'binary') return;
  try {
    chosenServer(links);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
