/** The controller's keys of a properties file, and what they say together. */

import { type ConfigKey, ConfigValueError, type ConfigValues, readConfig } from '../runtime/config-key.ts';
import type { HostPort } from '../runtime/network.ts';

export const controllerConfigKeys = [
  {
    name: 'controllerType',
    kind: 'enum',
    default: 'DLedger',
    values: ['DLedger'],
    doc: 'How controllers agree. Only DLedger; the jRaft type of RocketMQ 5.2 is not offered.',
  },
  {
    name: 'controllerDLegerGroup',
    kind: 'string',
    default: '',
    doc: 'Name of the controller group; the same on every member. Required.',
  },
  {
    name: 'controllerDLegerPeers',
    kind: 'string',
    default: '',
    doc: 'All members that the group begins with: n0-HOST:PORT;n1-HOST:PORT;... Later the replicated log says who belongs to it. The port serves brokers, tools and peers alike. Required.',
  },
  {
    name: 'controllerDLegerSelfId',
    kind: 'string',
    default: '',
    doc: 'Which of the peers this one is: n0, n1, ... Required.',
  },
  {
    name: 'controllerJoinsGroup',
    kind: 'boolean',
    default: false,
    doc: 'This controller is not one of those that the group begins with: with an empty folder it waits to be added (CONTROLLER_ADD_LEARNER). Not a key of RocketMQ.',
  },
  {
    name: 'controllerStorePath',
    kind: 'string',
    default: 'DLedgerController',
    doc: "Folder of the replicated log, under the working folder unless absolute. RocketMQ's default lies in the home folder.",
  },
  {
    name: 'bindAddress',
    kind: 'string',
    default: '0.0.0.0',
    doc: 'Address to listen on.',
  },
  {
    name: 'enableElectUncleanMaster',
    kind: 'boolean',
    default: false,
    doc: 'Elect a replica outside the SyncStateSet when no member can be elected. Loses acknowledged messages.',
  },
  {
    name: 'notifyBrokerRoleChanged',
    kind: 'boolean',
    default: true,
    doc: 'Tell brokers of a new master or SyncStateSet at once, over the connection of their heartbeats; else they find out by asking.',
  },
  {
    name: 'scanNotActiveBrokerInterval',
    kind: 'long',
    default: 100,
    min: 10,
    max: 60_000,
    doc: 'Milliseconds between looks for silent brokers and for broker sets without a living master. RocketMQ: 5000; here a failover must not wait for the look.',
  },
  {
    name: 'controllerHeartbeatIntervalMs',
    kind: 'int',
    default: 100,
    min: 10,
    max: 60_000,
    doc: 'Milliseconds between heartbeats of the leading controller to its peers. Not a key of RocketMQ.',
  },
  {
    name: 'controllerElectionTimeoutMs',
    kind: 'int',
    default: 600,
    min: 50,
    max: 600_000,
    doc: 'A controller without word from a leader for this long, up to twice, calls an election. Not a key of RocketMQ.',
  },
  {
    name: 'configBlackList',
    kind: 'string',
    default: 'configBlackList;configStorePath',
    doc: 'Keys that UPDATE_CONTROLLER_CONFIG refuses, besides those that need a restart.',
  },
] as const satisfies readonly ConfigKey[];

/** Keys that UPDATE_CONTROLLER_CONFIG changes at once; the others are read at the start only. */
export const controllerLiveKeys: readonly string[] = [
  'enableElectUncleanMaster',
  'notifyBrokerRoleChanged',
  'scanNotActiveBrokerInterval',
];

/** A heartbeat that names no time-out. RocketMQ's brokers ask for 10 s, ours for this. */
export const heartbeatTimeoutMsDefault = 1500;

export interface ControllerConfig extends ConfigValues<typeof controllerConfigKeys> {
  /** Ids to "host:port". */
  readonly peers: ReadonlyMap<string, string>;
  readonly listen: HostPort;
}

/** Throws ConfigValueError. */
export function parseControllerConfig(values: ReadonlyMap<string, string>): ControllerConfig {
  const config = readConfig(controllerConfigKeys, values);
  if (config.controllerDLegerGroup === '') {
    throw new ConfigValueError('controllerDLegerGroup', 'the name of the controller group', '');
  }
  const peers = parsePeers(config.controllerDLegerPeers);
  const own = peers.get(config.controllerDLegerSelfId);
  if (own === undefined) {
    throw new ConfigValueError(
      'controllerDLegerSelfId',
      `one of the peers ${[...peers.keys()].join(', ')}`,
      config.controllerDLegerSelfId,
    );
  }
  if (config.controllerJoinsGroup && peers.size === 1) {
    throw new ConfigValueError(
      'controllerDLegerPeers',
      'a member of the group besides this one, since controllerJoinsGroup is true',
      config.controllerDLegerPeers,
    );
  }
  const port = Number(own.slice(own.lastIndexOf(':') + 1));
  return { ...config, peers, listen: { host: config.bindAddress, port } };
}

function parsePeers(text: string): ReadonlyMap<string, string> {
  const peers = new Map<string, string>();
  const wanted = 'n0-HOST:PORT;n1-HOST:PORT;...';
  for (const peer of text.split(';')) {
    if (peer.trim() === '') continue;
    const match = /^([^-\s]+)-(\S+):(\d{1,5})$/.exec(peer.trim());
    const [, id = '', host = '', portText = ''] = match ?? [];
    const port = Number(portText);
    if (match === null || port < 1 || port > 65535 || peers.has(id)) {
      throw new ConfigValueError('controllerDLegerPeers', wanted, text);
    }
    peers.set(id, `${host}:${port}`);
  }
  if (peers.size === 0) throw new ConfigValueError('controllerDLegerPeers', wanted, text);
  return peers;
}
