/** Every option of the command line, once: the parser, --help and the documents come from here. */

import { calledNemeses } from '../../nemeses/called-nemeses.ts';
import { presets } from '../../nemeses/presets/presets.ts';

export type OptionKind = 'text' | 'count' | 'seconds' | 'rate' | 'flag' | 'choice' | 'choices';

export interface OptionRow {
  readonly name: string;
  readonly kind: OptionKind;
  readonly group:
    | 'test'
    | 'campaign'
    | 'all'
    | 'cluster'
    | 'faults'
    | 'bugs'
    | 'explore'
    | 'report'
    | 'serve'
    | 'replay';
  /** What stands for the value in --help. */
  readonly argument?: string;
  readonly default?: string;
  /** Where another default is wise in the simulated world. */
  readonly simDefault?: string;
  /** Allowed values of a choice. */
  readonly values?: readonly string[];
  /** What the bare option means, which takes its value after '=' only. */
  readonly bare?: string;
  readonly min?: number;
  readonly max?: number;
  /** One sentence. */
  readonly doc: string;
}

export const deploymentNames = ['auto', 'process', 'docker', 'sim'] as const;
export const workloadNames = ['log'] as const;
export const nemesisNames = [
  'none',
  'swarm',
  'partition',
  'kill',
  'pause',
  'restart-order',
  'sequence',
  'clock',
  'disk',
  'slow',
  'narrow',
  'lossy',
  'all-random',
  ...calledNemeses.map(({ name }) => name),
  ...presets.map(({ name }) => name),
];
export const bugWorldNames = ['sim', 'process', 'docker'] as const;
export const flushNames = ['sync', 'async'] as const;

export const optionsTable = [
  {
    name: 'nemesis',
    kind: 'choices',
    group: 'faults',
    argument: 'NAME[,NAME]',
    default: 'none',
    values: nemesisNames,
    doc: 'Faults to inject; several names overlap them, NAME:VARIANT takes a part of one (jepsen list); swarm draws all from the seed.',
  },
  {
    name: 'nemesis-interval',
    kind: 'seconds',
    group: 'faults',
    default: '11',
    min: 7.5,
    max: 3600,
    doc: 'Seconds from the start of one fault of a nemesis to the start of its next.',
  },
  {
    name: 'ramp',
    kind: 'rate',
    group: 'faults',
    argument: 'FACTOR',
    default: '1',
    min: 1,
    max: 20,
    doc: 'How many times as long the first interval is: faults come seldom at first, and ever more often.',
  },
  {
    name: 'expect-loss',
    kind: 'flag',
    group: 'faults',
    doc: 'Allows faults that exceed what the guarantees cover.',
  },
  {
    name: 'bug',
    kind: 'text',
    group: 'faults',
    argument: 'NAME',
    doc: 'Removes one guard from the servers, to see that the judges notice (jepsen list); "bugs" takes several, with commas between.',
  },
  {
    name: 'workload',
    kind: 'choice',
    group: 'test',
    argument: 'NAME',
    default: 'log',
    values: workloadNames,
    doc: 'What the clients do.',
  },
  {
    name: 'time-limit',
    kind: 'seconds',
    group: 'test',
    default: '60',
    simDefault: '30',
    min: 1,
    max: 86400,
    doc: 'Seconds of load.',
  },
  {
    name: 'quiet-start',
    kind: 'seconds',
    group: 'test',
    default: '1',
    min: 0,
    max: 3600,
    doc: 'Seconds of load before the first fault.',
  },
  {
    name: 'recovery-time',
    kind: 'seconds',
    group: 'test',
    default: '30',
    min: 1,
    max: 3600,
    doc: 'Seconds the healed cluster may take until every replica is back.',
  },
  {
    name: 'rate',
    kind: 'rate',
    group: 'test',
    argument: 'OPS/S',
    default: '2000',
    simDefault: '200',
    min: 1,
    max: 100000,
    doc: 'Operations invoked per second, all clients together.',
  },
  {
    name: 'concurrency',
    kind: 'count',
    group: 'test',
    default: '32',
    simDefault: '16',
    min: 4,
    max: 1000,
    doc: 'Client processes, spread over the client hosts w1 to w4.',
  },
  {
    name: 'queues',
    kind: 'count',
    group: 'test',
    default: '4',
    min: 1,
    max: 64,
    doc: 'Queues of the topic under test.',
  },
  {
    name: 'repeat',
    kind: 'count',
    group: 'test',
    default: '1',
    min: 1,
    max: 10000,
    doc: 'Runs one after another, each with a seed of its own; of each cell, for all.',
  },
  {
    name: 'seed',
    kind: 'count',
    group: 'test',
    argument: 'NUMBER',
    min: 0,
    max: 4294967295,
    doc: 'Decides plan and faults; drawn and printed when not given.',
  },
  {
    name: 'seeds',
    kind: 'count',
    group: 'campaign',
    min: 1,
    max: 4294967295,
    doc: 'Runs so many seeds in the simulated world, on all cores, under swarm unless --nemesis says otherwise.',
  },
  {
    name: 'first-seed',
    kind: 'count',
    group: 'campaign',
    argument: 'NUMBER',
    min: 0,
    max: 4294967295,
    doc: 'The others follow it; drawn and printed when not given.',
  },
  {
    name: 'workers',
    kind: 'count',
    group: 'campaign',
    min: 1,
    max: 1024,
    doc: 'Threads that run seeds; one per core when not given.',
  },
  {
    name: 'failures-max',
    kind: 'count',
    group: 'campaign',
    default: '5',
    min: 1,
    max: 1000000,
    doc: 'Failures after which no new seed is begun.',
  },
  {
    name: 'shard',
    kind: 'text',
    group: 'all',
    argument: 'I/N',
    doc: 'Runs the i-th of n parts of the matrix; each cell is in one of them.',
  },
  {
    name: 'budget',
    kind: 'seconds',
    group: 'all',
    argument: 'TIME',
    min: 0.1,
    max: 86400,
    doc: 'Minutes that "all" may take: each run as short as is useful, each cell in its turn, and what has no room is listed; seconds that "shrink" may take, 120 when not given.',
  },
  {
    name: 'matrix',
    kind: 'text',
    group: 'all',
    argument: 'FILE',
    doc: 'Another table than harness/matrix/matrix.txt.',
  },
  {
    name: 'merge',
    kind: 'text',
    group: 'all',
    argument: 'FOLDER[,FOLDER]',
    doc: 'Runs nothing: one page of all parts below these folders, that were run by themselves; into the folder of --results, where it is given.',
  },
  {
    name: 'deployment',
    kind: 'choice',
    group: 'cluster',
    argument: 'NAME',
    default: 'auto',
    values: deploymentNames,
    doc: 'Where the cluster runs: containers (docker; auto where an engine answers), processes, or sim, one process in virtual time that a seed decides.',
  },
  {
    name: 'memory',
    kind: 'count',
    group: 'cluster',
    argument: 'MIB',
    min: 64,
    max: 1048576,
    doc: 'Memory of a node, in MiB; all there is when not given (docker).',
  },
  {
    name: 'cpus',
    kind: 'rate',
    group: 'cluster',
    argument: 'NUMBER',
    min: 0.05,
    max: 1024,
    doc: 'Processors of a node; all there are when not given (docker).',
  },
  {
    name: 'nodes',
    kind: 'count',
    group: 'cluster',
    default: '3',
    min: 1,
    max: 9,
    doc: 'Brokers, all replicas of one log.',
  },
  {
    name: 'controllers',
    kind: 'count',
    group: 'cluster',
    default: '3',
    min: 1,
    max: 7,
    doc: 'Name servers, each with an embedded controller.',
  },
  {
    name: 'flush',
    kind: 'choice',
    group: 'cluster',
    argument: 'MODE',
    default: 'sync',
    values: flushNames,
    doc: 'flushDiskType: whether an acknowledgement waits for the disk.',
  },
  {
    name: 'min-in-sync-replicas',
    kind: 'count',
    group: 'cluster',
    default: '2',
    min: 1,
    max: 9,
    doc: 'minInSyncReplicas: copies without which nothing is acknowledged.',
  },
  {
    name: 'broker-properties',
    kind: 'text',
    group: 'cluster',
    argument: 'KEY=VALUE[,KEY=VALUE]',
    doc: "Put into the brokers' properties files.",
  },
  {
    name: 'controller-properties',
    kind: 'text',
    group: 'cluster',
    argument: 'KEY=VALUE[,KEY=VALUE]',
    doc: "Put into the controllers' properties files.",
  },
  {
    name: 'toxiproxy',
    kind: 'text',
    group: 'cluster',
    argument: 'WHICH',
    default: 'auto',
    doc: "The Toxiproxy that carries the links: auto (Shopify's where found, else embedded), embedded, binary[=PATH], image=NAME, url=URL.",
  },
  {
    name: 'world',
    kind: 'choice',
    group: 'bugs',
    argument: 'NAME',
    default: 'sim',
    values: bugWorldNames,
    doc: 'Where each seeded bug is looked for: seeds under swarm, or real runs under all-random, a fault each 9 s at 500 operations per second.',
  },
  {
    name: 'seeds-max',
    kind: 'count',
    group: 'bugs',
    default: '1000',
    min: 1,
    max: 1000000,
    doc: 'Seeds for one start; a bug that none of them shows is not found.',
  },
  {
    name: 'starts',
    kind: 'count',
    group: 'bugs',
    default: '5',
    min: 1,
    max: 100,
    doc: 'Searches for each bug, 10,000 seeds apart; their median counts.',
  },
  {
    name: 'runs',
    kind: 'count',
    group: 'bugs',
    default: '10',
    min: 1,
    max: 1000,
    doc: 'Real runs for each bug in the world "process".',
  },
  {
    name: 'messages',
    kind: 'count',
    group: 'explore',
    min: 0,
    max: 5,
    doc: 'Messages that are appended; without --nodes, --messages and --faults all sizes in turn.',
  },
  {
    name: 'faults',
    kind: 'count',
    group: 'explore',
    min: 0,
    max: 5,
    doc: 'Restarts and other faults.',
  },
  {
    name: 'seconds',
    kind: 'seconds',
    group: 'explore',
    default: '60',
    min: 1,
    max: 86400,
    doc: 'Time for all of it.',
  },
  {
    name: 'results',
    kind: 'text',
    group: 'report',
    argument: 'FOLDER',
    default: 'results',
    doc: 'Where the folders of the runs go.',
  },
  {
    name: 'keep',
    kind: 'flag',
    group: 'report',
    doc: "Keeps the nodes' data also when the verdict is valid.",
  },
  {
    name: 'checker',
    kind: 'text',
    group: 'report',
    argument: 'NAME[,NAME]',
    doc: 'Of check: judges by these alone, and leaves the report as it is; all where it is not given.',
  },
  { name: 'json', kind: 'flag', group: 'report', doc: 'Prints results.json on standard output.' },
  { name: 'quiet', kind: 'flag', group: 'report', doc: 'Prints the summary only.' },
  {
    name: 'port',
    kind: 'count',
    group: 'serve',
    argument: 'NUMBER',
    default: '8642',
    min: 0,
    max: 65535,
    doc: 'Where the server listens; 0 takes any free port.',
  },
  {
    name: 'host',
    kind: 'text',
    group: 'serve',
    argument: 'ADDRESS',
    default: '127.0.0.1',
    doc: 'The address it listens on: this machine alone, or with 0.0.0.0 everybody who reaches it.',
  },
  {
    name: 'trace',
    kind: 'choice',
    group: 'replay',
    values: ['events', 'all'],
    bare: 'events',
    doc: 'Prints every event of a replayed run in columns (harness/simulation/TRACE.md); --trace=all those of network, disks and timers too.',
  },
  {
    name: 'as-test',
    kind: 'text',
    group: 'replay',
    argument: 'NAME',
    doc: 'Writes a replayed run to harness/simulation/scenarios/NAME.json, which npm test runs.',
  },
  { name: 'help', kind: 'flag', group: 'report', doc: 'Prints this page.' },
] as const satisfies readonly OptionRow[];

export type OptionName = (typeof optionsTable)[number]['name'];
