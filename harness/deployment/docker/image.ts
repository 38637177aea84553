/**
 * The image of nodes and pods, made when it is not there yet. On Linux its system is the host's own node with its libraries, so no registry is
 * needed; elsewhere (that node is no Linux program) cluster/Dockerfile begins from Node's official image.
 */
import { readFileSync } from 'node:fs';
import {
  chosenServer,
  parseToxiproxyChoice,
  type ToxiproxyServer,
  toxiproxyForms,
} from '../../links/toxiproxy-choice.ts';
import { projectRoot } from '../../project-root.ts';
import type { Engine } from './engine.ts';
import { applicationFiles, digestOf, type ImageFile, systemFiles } from './image-files.ts';
import { tarOf } from './image-tar.ts';
import { projectLabels } from './labels.ts';
import { toxiproxyOfImage } from './toxiproxy-image.ts';

const repository = 'rocketmq-jepsen';
const baseRepository = 'rocketmq-jepsen-base';
/** Images of earlier builds are kept so long, for runs that still go on. */
const keptS = 24 * 60 * 60;

export interface BuiltImage {
  readonly tag: string;
  readonly toxiproxy: 'embedded' | 'real';
}

/** `toxiproxy`: as `--toxiproxy` has it. `labels`: of what is made for a moment only. */
export async function ensureImage(
  engine: Engine,
  toxiproxy: string,
  log: (line: string) => void,
  labels: Readonly<Record<string, string>> = projectLabels,
): Promise<BuiltImage> {
  const server = await toxiproxyFor(engine, toxiproxy, { log, labels });
  const application = applicationFiles(server.kind === 'binary' ? server.path : undefined);
  const system = process.platform === 'linux' ? systemFiles() : undefined;
  const recipe = system === undefined ? officialRecipe() : undefined;
  const base = system === undefined ? undefined : digestOf(system);
  const digest = digestOf([...application, asFile(recipe ?? `FROM ${base}`)]);
  const image: BuiltImage = {
    tag: `${repository}:${digest}`,
    toxiproxy: server.kind === 'binary' ? 'real' : 'embedded',
  };
  if (await engine.hasImage(image.tag)) return image;
  log('building the image of the nodes');
  if (system !== undefined && base !== undefined && !(await engine.hasImage(`${baseRepository}:${base}`))) {
    await engine.importImage(tarOf(system), baseRepository, base);
  }
  // The context of cluster/Dockerfile: what goes to / is under root/.
  const dockerfile = recipe ?? `FROM ${baseRepository}:${base}\nCOPY root/ /\n`;
  const files = application.map((file) => ({ ...file, path: `/root${file.path}` }));
  await engine.buildImage(tarOf([asFile(dockerfile), ...files]), image.tag, projectLabels);
  await forgetOldImages(engine, [image.tag, `${baseRepository}:${base}`]);
  return image;
}

function officialRecipe(): string {
  return readFileSync(new URL('cluster/Dockerfile', projectRoot()), 'utf8');
}

function asFile(text: string): ImageFile {
  return { path: '/Dockerfile', isProgram: false, from: { text } };
}

async function toxiproxyFor(
  engine: Engine,
  text: string,
  means: { readonly log: (line: string) => void; readonly labels: Readonly<Record<string, string>> },
): Promise<ToxiproxyServer> {
  const choice = parseToxiproxyChoice(text);
  if (choice === undefined) throw new Error(`--toxiproxy: wanted ${toxiproxyForms}, got "${text}"`);
  if (choice.kind === 'url') {
    throw new Error(
      '--toxiproxy url: in containers each host has a Toxiproxy of its own; embedded, binary=PATH or image=NAME say which',
    );
  }
  if (choice.kind === 'image')
    return { kind: 'binary', path: await toxiproxyOfImage(choice.name, { engine, ...means }) };
  // The host's program runs in the image only where the host is Linux too.
  if (choice.kind === 'auto' && process.platform !== 'linux') return { kind: 'embedded' };
  return chosenServer(choice);
}

async function forgetOldImages(engine: Engine, present: readonly string[]): Promise<void> {
  const nowS = Date.now() / 1000;
  for (const name of [repository, baseRepository]) {
    for (const { tag, madeS } of await engine.images(name)) {
      // One that is in use refuses to go.
      if (!present.includes(tag) && nowS - madeS > keptS)
        await engine.removeImage(tag).catch(() => undefined);
    }
  }
}
