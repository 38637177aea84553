/** One node as a container in the network of its pod: its files, its lives. */
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { formatProperties } from '../../../cluster/runtime/properties.ts';
import type { Random } from '../../../cluster/runtime/random.ts';
import type { Host, NodeState } from '../../../nemeses/nemesis.ts';
import { type ClockMeans, clockEnvironment } from '../clock-means.ts';
import type { ClusterNode } from '../cluster-node.ts';
import type { NodeFiles, NodeLimits, UnexpectedExit } from '../deployment.ts';
import { NodeClock } from '../node-clock.ts';
import { diskEnvironment, NodeDisk } from '../node-disk.ts';
import { waitFor } from '../process/wait-for.ts';
import { idAfterWipe, propertiesAfterWipe, wipeFolder } from '../wiped-node.ts';
import { type Engine, EngineError } from './engine.ts';
import { inImage, nodeInImage } from './image-files.ts';
import { runLabels } from './labels.ts';

/** Inside the container: the node's folder. */
const folderInside = '/node';
const standstillPatienceMs = 10_000;

export interface DockerNodeOptions {
  readonly engine: Engine;
  readonly runId: string;
  readonly image: string;
  readonly host: Host;
  /** The pod's container, and its address on the data network. */
  readonly podId: string;
  readonly address: string;
  /** cluster/bin/mqbroker. */
  readonly program: string;
  /** <work folder>/nodes/<host>, on the harness's disk; the container sees it too. */
  readonly folder: string;
  readonly properties: (dataFolder: string) => ReadonlyMap<string, string>;
  readonly seededBugs: readonly string[];
  readonly user: string | undefined;
  readonly limits: NodeLimits;
  /** Undefined where nobody will break its disk: what luck draws then. */
  readonly diskLuck: Random | undefined;
  /** Undefined where nobody will move its clock. */
  readonly clockMeans: ClockMeans | undefined;
  /** Of the observer's clock. */
  readonly nowMs: () => number;
}

interface Life {
  readonly whenExited: Promise<void>;
}

export class DockerNode implements ClusterNode {
  readonly host: Host;
  readonly files: NodeFiles;
  readonly unexpectedExits: UnexpectedExit[] = [];
  readonly clock: NodeClock | undefined;
  readonly disk: NodeDisk | undefined;
  readonly #options: DockerNodeOptions;
  readonly #id: string;
  #life: Life | undefined;
  #isPaused = false;
  /** The present life is to end by our hand. */
  #isEnding = false;
  #wipes = 0;

  private constructor(options: DockerNodeOptions, files: NodeFiles, id: string) {
    this.host = options.host;
    this.files = files;
    this.#options = options;
    this.#id = id;
    if (options.diskLuck !== undefined)
      this.disk = new NodeDisk(options.host.name, options.folder, options.diskLuck);
    if (options.clockMeans !== undefined)
      this.clock = new NodeClock(join(options.folder, 'clock'), options.nowMs);
  }

  /** Made, not started. */
  static async open(options: DockerNodeOptions): Promise<DockerNode> {
    const { clockMeans, engine, folder, host, limits, seededBugs, user } = options;
    const files = {
      logFile: join(folder, 'node.log'),
      traceFile: join(folder, 'trace.jsonl'),
      dataFolder: join(folder, 'data'),
    };
    mkdirSync(files.dataFolder, { recursive: true });
    const properties = options.properties(`${folderInside}/data`);
    writeFileSync(join(folder, 'node.properties'), formatProperties(properties));
    // The system's table names its own addresses on all networks; this one tells which is meant. All others are in the system's alone.
    writeFileSync(join(folder, 'hosts'), `${options.address} ${host.name}\n`);
    writeFileSync(files.logFile, '');
    writeFileSync(files.traceFile, '');
    const id = await engine.createContainer({
      name: `${options.runId}-${host.name}`,
      image: options.image,
      command: [
        nodeInImage,
        '--enable-source-maps',
        inImage(options.program),
        '-c',
        `${folderInside}/node.properties`,
      ],
      labels: runLabels(options.runId),
      network: { ofContainer: options.podId },
      binds: [[folder, folderInside]],
      environment: {
        ROCKETMQ_NODE_ID: host.name,
        ROCKETMQ_HOSTS_FILE: `${folderInside}/hosts`,
        ROCKETMQ_TRACE_FILE: `${folderInside}/trace.jsonl`,
        ROCKETMQ_SEEDED_BUGS: seededBugs.join(','),
        ...(options.diskLuck === undefined ? {} : diskEnvironment(`${folderInside}/disk`)),
        ...(clockMeans === undefined ? {} : clockEnvironment(clockMeans, `${folderInside}/clock`)),
      },
      workingFolder: `${folderInside}/data`,
      ...(user === undefined ? {} : { user }),
      ...limits,
    });
    return new DockerNode(options, files, id);
  }

  wipe(): string {
    const { folder, properties } = this.#options;
    this.#wipes += 1;
    const id = idAfterWipe(this.host, this.#wipes);
    const renewed = propertiesAfterWipe(properties(`${folderInside}/data`), id);
    wipeFolder(this.files, join(folder, 'node.properties'), renewed);
    return id;
  }

  get state(): NodeState {
    if (this.#life === undefined) return 'absent';
    return this.#isPaused ? 'paused' : 'running';
  }

  async start(): Promise<void> {
    if (this.#life !== undefined) return;
    const { engine } = this.#options;
    const { output, errors } = await engine.attach(this.#id, false);
    const log = createWriteStream(this.files.logFile, { flags: 'a' });
    for (const stream of [output, errors]) stream.pipe(log, { end: false });
    this.#isPaused = false;
    this.#isEnding = false;
    this.clock?.lifeBegins();
    await engine.start(this.#id);
    const said = Promise.allSettled([finished(output), finished(errors)]);
    const life: Life = {
      whenExited: engine.untilStopped(this.#id).then(
        () => this.#over(life, said, log),
        // The engine itself went away, and its containers with it, for all that can be told.
        () => this.#over(life, Promise.resolve(), log),
      ),
    };
    this.#life = life;
  }

  async kill(): Promise<void> {
    const life = this.#life;
    if (life === undefined) return;
    this.#isEnding = true;
    await this.#options.engine.kill(this.#id);
    await life.whenExited;
  }

  /** A paused one is woken first, since it could not answer. */
  async stop(patienceMs: number): Promise<void> {
    const life = this.#life;
    if (life === undefined) return;
    await this.resume();
    this.#isEnding = true;
    await this.#options.engine.stop(this.#id, Math.ceil(patienceMs / 1000));
    await life.whenExited;
  }

  async pause(): Promise<void> {
    if (this.state !== 'running') return;
    const { engine } = this.#options;
    await waitFor(`${this.host.name} to stand still`, standstillPatienceMs, async () => {
      // It may have died meanwhile.
      if (this.#life === undefined) return true;
      try {
        await engine.pause(this.#id);
        this.#isPaused = this.#life !== undefined;
        return true;
      } catch (error) {
        if (isNotFrozenYet(error)) return false;
        throw error;
      }
    });
  }

  async resume(): Promise<void> {
    if (this.state !== 'paused') return;
    await this.#options.engine.unpause(this.#id);
    this.#isPaused = false;
  }

  async #over(life: Life, said: Promise<unknown>, log: NodeJS.WritableStream): Promise<void> {
    const atMs = this.#options.nowMs();
    await said;
    log.end();
    if (this.#life !== life) return;
    const wasExpected = this.#isEnding;
    this.#life = undefined;
    this.#isPaused = false;
    if (!wasExpected) this.unexpectedExits.push({ node: this.host.name, atMs, how: await this.#how() });
  }

  async #how(): Promise<string> {
    try {
      const { exitCode, wasOutOfMemory } = await this.#options.engine.state(this.#id);
      if (wasOutOfMemory) return 'out of memory (--memory)';
      return howEnded(exitCode);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}

/** The freezer of a busy machine gives up when a process does not come to rest soon enough, and lets all go on: it is to be asked again. */
function isNotFrozenYet(error: unknown): boolean {
  return error instanceof EngineError && /unable to freeze/.test(error.message);
}

/** A container that a signal ended shows 128 and the signal's number. */
function howEnded(exitCode: number): string {
  const name = Object.entries(constants.signals).find(([, number]) => number === exitCode - 128)?.[0];
  return name === undefined ? `exit code ${exitCode}` : `signal ${name}`;
}
