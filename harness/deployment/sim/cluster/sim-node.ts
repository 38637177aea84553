/** One node in the simulated world: the same program as the real one, its lives one after another. */
import { brokerProgram } from '../../../../cluster/bin/broker-program.ts';
import { readConfigFile } from '../../../../cluster/bin/config-file.ts';
import { nameserverProgram } from '../../../../cluster/bin/nameserver-program.ts';
import type { Program, RunningServer } from '../../../../cluster/bin/program.ts';
import { formatProperties } from '../../../../cluster/runtime/properties.ts';
import type { Runtime } from '../../../../cluster/runtime/runtime.ts';
import type { SeededBug } from '../../../../cluster/runtime/seeded-bug.ts';
import type { Host, NodeState, UnsyncedWrites } from '../../../../nemeses/nemesis.ts';
import type { UnexpectedExit } from '../../deployment.ts';
import { idAfterWipe, propertiesAfterWipe } from '../../wiped-node.ts';
import type { SimHost } from '../sim-host.ts';

/** On the node's own, simulated disk. */
export const dataFolder = '/data';

export interface SimNodeOptions {
  readonly host: Host;
  readonly machine: SimHost;
  readonly properties: ReadonlyMap<string, string>;
  readonly seededBugs: ReadonlySet<SeededBug>;
  /** Of the observer's clock. */
  readonly nowMs: () => number;
}

export class SimNode {
  readonly host: Host;
  readonly machine: SimHost;
  readonly unexpectedExits: UnexpectedExit[] = [];
  readonly #options: SimNodeOptions;
  #propertiesText: string;
  #wipes = 0;
  #server: RunningServer | undefined;
  #fatalErrorsSeen = 0;

  constructor(options: SimNodeOptions) {
    this.host = options.host;
    this.machine = options.machine;
    this.#options = options;
    this.#propertiesText = formatProperties(options.properties);
    // A node that stops itself is what the run is about, not the end of it.
    this.machine.allowFatal(() => {
      this.#noteFatalErrors();
      return true;
    });
  }

  get state(): NodeState {
    if (!this.machine.running) return 'absent';
    return this.machine.paused ? 'paused' : 'running';
  }

  start(): void {
    if (this.state !== 'absent') return;
    const runtime = this.machine.start({ seededBugs: this.#options.seededBugs });
    this.#server = undefined;
    const begun =
      this.host.kind === 'controller'
        ? this.#begin(nameserverProgram, runtime)
        : this.#begin(brokerProgram, runtime);
    begun.then(
      (server) => {
        if (this.machine.runtime === runtime) this.#server = server;
      },
      (error: unknown) => {
        runtime.trace.log('error', error instanceof Error ? (error.stack ?? error.message) : String(error));
        this.#exit(runtime, 'exit code 1 at its start');
      },
    );
  }

  kill(): void {
    this.#server = undefined;
    this.machine.kill();
  }

  /** Of an absent node. */
  wipe(): string {
    this.#wipes += 1;
    const id = idAfterWipe(this.host, this.#wipes);
    this.#propertiesText = formatProperties(propertiesAfterWipe(this.#options.properties, id));
    this.machine.disk.wipe();
    return id;
  }

  cutPower(unsynced: UnsyncedWrites): void {
    if (this.state === 'absent') return;
    this.#server = undefined;
    this.machine.kill({ powerCut: true, unsynced });
  }

  /** A clean stop: resolves when the node is gone. A paused one is woken first; one that does not serve yet is killed. */
  async stop(patienceMs: number): Promise<void> {
    this.machine.resume();
    const { runtime } = this.machine;
    if (runtime === undefined) return;
    const server = this.#server;
    if (server !== undefined) {
      await Promise.race([
        server.stop(),
        new Promise<void>((resolve) => runtime.clock.after(patienceMs, resolve)),
      ]);
    }
    if (this.machine.runtime === runtime) this.kill();
  }

  #begin<Config extends object>(program: Program<Config>, runtime: Runtime): Promise<RunningServer> {
    const file = readConfigFile('node.properties', this.#propertiesText, program.known);
    const config = program.configure(
      file.values,
      {
        nodeId: this.host.name,
        hostsFile: undefined,
        traceFile: undefined,
        clockFile: undefined,
        diskFaults: undefined,
        tellClockMs: undefined,
        seededBugs: [...this.#options.seededBugs],
        nameservers: undefined,
        home: '/',
      },
      { configPath: undefined, nameservers: undefined, isPrintWanted: false, isHelpWanted: false },
    );
    for (const warning of file.warnings) runtime.trace.log('warn', warning);
    return program.start(runtime, config, () => this.#exit(runtime, 'exit code 1'));
  }

  #exit(runtime: Runtime, how: string): void {
    if (this.machine.runtime !== runtime) return;
    this.#died(how);
    this.kill();
  }

  #noteFatalErrors(): void {
    const { fatalErrors } = this.machine;
    for (const { kind, error } of fatalErrors.slice(this.#fatalErrorsSeen)) {
      const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#died(`${kind === 'fatal' ? 'invariant broken' : 'uncaught'}: ${what}`);
    }
    this.#fatalErrorsSeen = fatalErrors.length;
  }

  #died(how: string): void {
    this.unexpectedExits.push({ node: this.host.name, atMs: this.#options.nowMs(), how });
  }
}
