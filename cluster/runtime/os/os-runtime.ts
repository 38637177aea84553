/** The real world, for one node. */
import { readFileSync } from 'node:fs';
import type { Runtime } from '../runtime.ts';
import type { SeededBug } from '../seeded-bug.ts';
import { FaultyDisk } from './faulty-disk.ts';
import { HostsTable } from './hosts-table.ts';
import { lyingClock } from './lying-clock.ts';
import { osClock } from './os-clock.ts';
import { OsDisk } from './os-disk.ts';
import { OsNetwork } from './os-network.ts';
import { OsRandom } from './os-random.ts';
import { OsTrace } from './os-trace.ts';

export interface OsRuntimeOptions {
  readonly nodeId: string;
  /** A file of `HostsTable` lines. */
  readonly hostsFile?: string;
  /** Its content, for hosts that live inside another process. */
  readonly hosts?: HostsTable;
  readonly traceFile?: string;
  /** The disk fails as it is told in this folder. */
  readonly diskFaults?: string;
  /** Moves the wall clock (`lyingClock`); it is right without. */
  readonly clockFile?: string;
  readonly seededBugs: readonly SeededBug[];
  /** Where relative paths start; the process's own folder unless told. */
  readonly workingFolder?: string;
  /** Where text for people goes; standard output unless told. */
  readonly print?: (line: string) => void;
  /** What ends this life after a broken invariant; the process exits with 70 unless told. */
  readonly die?: (error: Error) => void;
}

export interface OsRuntime extends Runtime {
  close(): Promise<void>;
}

/** sysexits.h EX_SOFTWARE: an internal error was found. */
const exitCodeBrokenInvariant = 70;

export function createOsRuntime(options: OsRuntimeOptions): OsRuntime {
  const hosts = options.hosts ?? readHosts(options.hostsFile);
  const random = new OsRandom();
  const life = random.uint32().toString(16).padStart(8, '0');
  const clock = options.clockFile === undefined ? osClock : lyingClock(osClock, options.clockFile);
  const trace = new OsTrace({
    nodeId: options.nodeId,
    clock,
    life,
    ...(options.traceFile === undefined ? {} : { traceFile: options.traceFile }),
    ...(options.print === undefined ? {} : { print: options.print }),
  });
  const network = new OsNetwork(hosts);
  const folder = options.workingFolder ?? process.cwd();
  return {
    nodeId: options.nodeId,
    clock,
    random,
    network,
    disk: options.diskFaults === undefined ? new OsDisk(folder) : new FaultyDisk(folder, options.diskFaults),
    trace,
    seededBugs: new Set(options.seededBugs),
    fatal(error: Error): void {
      trace.emit('invariant-broken', { message: error.message, stack: error.stack ?? '' });
      trace.log('error', `invariant broken, stopping: ${error.stack ?? error.message}`);
      if (options.die === undefined) process.exit(exitCodeBrokenInvariant);
      options.die(error);
    },
    close(): Promise<void> {
      network.close();
      trace.close();
      return Promise.resolve();
    },
  };
}

function readHosts(hostsFile: string | undefined): HostsTable {
  if (hostsFile === undefined) return new HostsTable();
  return HostsTable.parse(readFileSync(hostsFile, 'utf8'), hostsFile);
}
