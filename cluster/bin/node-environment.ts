/** What a node's process is told by its environment. */
import { type SeededBug, seededBugNames } from '../runtime/seeded-bug.ts';

export interface NodeEnvironment {
  readonly nodeId: string;
  readonly hostsFile: string | undefined;
  readonly traceFile: string | undefined;
  /** Moves the wall clock, see `lyingClock`. */
  readonly clockFile: string | undefined;
  /** The node tells its clocks in its trace, every so many milliseconds. */
  readonly tellClockMs: number | undefined;
  /** A folder: the disk fails as it is told there, see `FaultyDisk`. */
  readonly diskFaults: string | undefined;
  readonly seededBugs: readonly SeededBug[];
  /** NAMESRV_ADDR, as RocketMQ's programs read it. */
  readonly nameservers: string | undefined;
  readonly home: string;
}

export class NodeEnvironmentError extends Error {
  override readonly name = 'NodeEnvironmentError';
}

/** Throws NodeEnvironmentError. */
export function readNodeEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): NodeEnvironment {
  const value = (name: string): string | undefined => {
    const text = environment[name];
    return text === undefined || text === '' ? undefined : text;
  };
  const bugs = (value('ROCKETMQ_SEEDED_BUGS') ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return {
    nodeId: value('ROCKETMQ_NODE_ID') ?? '127.0.0.1',
    hostsFile: value('ROCKETMQ_HOSTS_FILE'),
    traceFile: value('ROCKETMQ_TRACE_FILE'),
    clockFile: value('ROCKETMQ_CLOCK_FILE'),
    tellClockMs: positiveNumber('ROCKETMQ_TELL_CLOCK_MS', value('ROCKETMQ_TELL_CLOCK_MS')),
    diskFaults: value('ROCKETMQ_DISK_FAULTS'),
    seededBugs: bugs.map(seededBug),
    nameservers: value('NAMESRV_ADDR'),
    home: value('HOME') ?? '.',
  };
}

function seededBug(name: string): SeededBug {
  const known = seededBugNames.find((bug) => bug === name);
  if (known !== undefined) return known;
  throw new NodeEnvironmentError(
    `ROCKETMQ_SEEDED_BUGS: no bug named "${name}"; known: ${seededBugNames.join(', ')}`,
  );
}

function positiveNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text) && Number(text) > 0) return Number(text);
  throw new NodeEnvironmentError(`${name}: wanted a number of milliseconds, got "${text}"`);
}
