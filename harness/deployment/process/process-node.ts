/** One node as an operating system process: its files, its lives, its signals. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatProperties } from '../../../cluster/runtime/properties.ts';
import type { Random } from '../../../cluster/runtime/random.ts';
import type { Host, NodeState } from '../../../nemeses/nemesis.ts';
import { type ClockMeans, clockEnvironment } from '../clock-means.ts';
import type { ClusterNode } from '../cluster-node.ts';
import type { NodeFiles, UnexpectedExit } from '../deployment.ts';
import { NodeClock } from '../node-clock.ts';
import { diskEnvironment, NodeDisk } from '../node-disk.ts';
import { idAfterWipe, propertiesAfterWipe, wipeFolder } from '../wiped-node.ts';
import { type ChildProcess, startChild } from './child-process.ts';
import type { RunRegistry } from './run-registry.ts';
import { waitFor } from './wait-for.ts';

/** The system stops a process soon after SIGSTOP, but not within the call. */
const standstillPatienceMs = 2000;
export const stopPatienceMsDefault = 5000;

export interface ProcessNodeOptions {
  readonly host: Host;
  /** The program's file: dist/cluster/bin/mqbroker.js. */
  readonly program: string;
  /** <work folder>/nodes/<host>. */
  readonly folder: string;
  readonly hostsTable: readonly string[];
  readonly properties: (dataFolder: string) => ReadonlyMap<string, string>;
  readonly seededBugs: readonly string[];
  readonly registry: RunRegistry;
  /** Undefined where nobody will break its disk: what luck draws then. */
  readonly diskLuck: Random | undefined;
  /** Undefined where nobody will move its clock. */
  readonly clockMeans: ClockMeans | undefined;
  /** Of the observer's clock. */
  readonly nowMs: () => number;
}

/**
 * The second: a server's heap is about 10 MB, and the engine's limit follows it; the memory of what is read from and written to sockets counts
 * there too, so that without more room every third of a second is answered by a collection of the whole heap.
 */
const engineFlags = ['--enable-source-maps', '--initial-old-space-size=96'];

export class ProcessNode implements ClusterNode {
  readonly host: Host;
  readonly files: NodeFiles;
  readonly unexpectedExits: UnexpectedExit[] = [];
  readonly clock: NodeClock | undefined;
  readonly disk: NodeDisk | undefined;
  readonly #options: ProcessNodeOptions;
  readonly #propertiesFile: string;
  readonly #hostsFile: string;
  readonly #clockFile: string;
  #life: ChildProcess | undefined;
  #isPaused = false;
  /** The present life is to end by our hand. */
  #isEnding = false;
  #wipes = 0;

  constructor(options: ProcessNodeOptions) {
    this.host = options.host;
    this.#options = options;
    const { folder } = options;
    this.files = {
      logFile: join(folder, 'node.log'),
      traceFile: join(folder, 'trace.jsonl'),
      dataFolder: join(folder, 'data'),
    };
    this.#propertiesFile = join(folder, 'node.properties');
    this.#hostsFile = join(folder, 'hosts');
    this.#clockFile = join(folder, 'clock');
    mkdirSync(this.files.dataFolder, { recursive: true });
    writeFileSync(this.#hostsFile, options.hostsTable.map((line) => `${line}\n`).join(''));
    writeFileSync(this.#propertiesFile, formatProperties(options.properties(this.files.dataFolder)));
    if (options.diskLuck !== undefined) this.disk = new NodeDisk(options.host.name, folder, options.diskLuck);
    if (options.clockMeans !== undefined) this.clock = new NodeClock(this.#clockFile, options.nowMs);
    writeFileSync(this.files.logFile, '');
    writeFileSync(this.files.traceFile, '');
  }

  get state(): NodeState {
    if (this.#life === undefined || this.#life.exited !== undefined) return 'absent';
    return this.#isPaused ? 'paused' : 'running';
  }

  start(): Promise<void> {
    if (this.state !== 'absent') return Promise.resolve();
    const { host, program, seededBugs, registry, clockMeans, nowMs } = this.#options;
    this.clock?.lifeBegins();
    const life = startChild({
      file: process.execPath,
      args: [...engineFlags, program, '-c', this.#propertiesFile],
      environment: {
        ...registry.environment,
        ROCKETMQ_NODE_ID: host.name,
        ROCKETMQ_HOSTS_FILE: this.#hostsFile,
        ROCKETMQ_TRACE_FILE: this.files.traceFile,
        ROCKETMQ_SEEDED_BUGS: seededBugs.join(','),
        ...(this.disk === undefined ? {} : diskEnvironment(this.disk.folder)),
        ...(clockMeans === undefined ? {} : clockEnvironment(clockMeans, this.#clockFile)),
      },
      logFile: this.files.logFile,
      folder: this.files.dataFolder,
    });
    registry.add(life);
    this.#life = life;
    this.#isPaused = false;
    this.#isEnding = false;
    void life.whenExited.then((how) => {
      registry.remove(life.pid);
      if (this.#life === life && !this.#isEnding) {
        this.unexpectedExits.push({ node: host.name, atMs: nowMs(), how });
      }
    });
    return Promise.resolve();
  }

  async kill(): Promise<void> {
    if (this.state === 'absent') return;
    this.#isEnding = true;
    await this.#life?.kill();
    this.#isPaused = false;
  }

  /** A paused one is woken first, since it could not answer. */
  async stop(patienceMs: number): Promise<void> {
    const life = this.#life;
    if (life === undefined || this.state === 'absent') return;
    this.#isEnding = true;
    life.signal('SIGCONT');
    life.signal('SIGTERM');
    const timer = setTimeout(() => life.signal('SIGKILL'), patienceMs);
    await life.whenExited;
    clearTimeout(timer);
    this.#isPaused = false;
  }

  async pause(): Promise<void> {
    const life = this.#life;
    if (life === undefined || this.state !== 'running') return;
    life.signal('SIGSTOP');
    this.#isPaused = true;
    await waitFor(`${this.host.name} (process ${life.pid}) to stand still`, standstillPatienceMs, () => {
      return life.exited !== undefined || standsStill(life.pid);
    });
  }

  resume(): Promise<void> {
    if (this.state === 'paused') this.#life?.signal('SIGCONT');
    this.#isPaused = false;
    return Promise.resolve();
  }

  wipe(): string {
    this.#wipes += 1;
    const id = idAfterWipe(this.host, this.#wipes);
    const properties = propertiesAfterWipe(this.#options.properties(this.files.dataFolder), id);
    wipeFolder(this.files, this.#propertiesFile, properties);
    return id;
  }

  /** Of the present life. */
  get pid(): number | undefined {
    return this.state === 'absent' ? undefined : this.#life?.pid;
  }

  /** How the present or last life ended, for the message when a node does not become ready. */
  get exited(): string | undefined {
    return this.#life?.exited;
  }
}

/** State T in /proc; where there is no /proc the signal has to be trusted. */
function standsStill(pid: number): boolean {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).startsWith('T');
  } catch {
    return process.platform !== 'linux';
  }
}
