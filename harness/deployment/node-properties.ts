/** The properties files of a cluster's nodes: RocketMQ's keys, the same in every world. Pure. */
import { serverNames } from '../server-names.ts';
import { type ClusterPlan, ports } from './deployment.ts';

/** c1:9876;c2:9876;... */
export function nameServersOf(plan: ClusterPlan): string {
  return controllerHosts(plan)
    .map((host) => `${host}:${ports.nameServer}`)
    .join(';');
}

export function controllersOf(plan: ClusterPlan): string {
  return controllerHosts(plan)
    .map((host) => `${host}:${ports.controller}`)
    .join(';');
}

/** `bindAddress` is the host's own name: its hosts table says which address (and port) that is. */
export function controllerProperties(
  plan: ClusterPlan,
  host: string,
  dataFolder: string,
): ReadonlyMap<string, string> {
  // A spare host is no founder: it starts with an empty disk, and then joins.
  const peers = [...new Set([...controllerHosts(plan), host])]
    .map((peer) => `${peer}-${peer}:${ports.controller}`)
    .join(';');
  return new Map([
    ['listenPort', String(ports.nameServer)],
    ['bindAddress', host],
    ['enableControllerInNamesrv', 'true'],
    ['controllerDLegerGroup', 'controllers'],
    ['controllerDLegerPeers', peers],
    ['controllerDLegerSelfId', host],
    ['controllerStorePath', `${dataFolder}/controller`],
    ['enableElectUncleanMaster', 'false'],
    ['notifyBrokerRoleChanged', 'true'],
    ...Object.entries(plan.controllerProperties),
  ]);
}

/** Of a controller whose disk was emptied: it waits to be added under another id. */
export function rejoiningProperties(
  properties: ReadonlyMap<string, string>,
  newId: string,
): ReadonlyMap<string, string> {
  const oldId = properties.get('controllerDLegerSelfId') ?? '';
  const peers = (properties.get('controllerDLegerPeers') ?? '')
    .split(';')
    .map((peer) => (peer.startsWith(`${oldId}-`) ? `${newId}${peer.slice(oldId.length)}` : peer));
  return new Map([
    ...properties,
    ['controllerDLegerPeers', peers.join(';')],
    ['controllerDLegerSelfId', newId],
    ['controllerJoinsGroup', 'true'],
  ]);
}

export function brokerProperties(
  plan: ClusterPlan,
  host: string,
  dataFolder: string,
): ReadonlyMap<string, string> {
  return new Map([
    ['brokerClusterName', plan.clusterName],
    ['brokerName', plan.brokerName],
    ['brokerIP1', host],
    ['brokerIP2', host],
    ['bindAddress', host],
    ['listenPort', String(ports.broker)],
    ['haListenPort', String(ports.ha)],
    ['namesrvAddr', nameServersOf(plan)],
    ['controllerAddr', controllersOf(plan)],
    ['enableControllerMode', 'true'],
    ['storePathRootDir', `${dataFolder}/store`],
    ['flushDiskType', plan.flush],
    ['allAckInSyncStateSet', 'true'],
    ['minInSyncReplicas', String(plan.minInSyncReplicas)],
    ...Object.entries(plan.brokerProperties),
  ]);
}

function controllerHosts(plan: ClusterPlan): readonly string[] {
  return serverNames('c', plan.controllers);
}
