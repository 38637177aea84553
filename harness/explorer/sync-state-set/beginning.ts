/** All brokers empty and in the SyncStateSet, broker 1 their master, everybody connected. */
import type { BrokerSet } from '../../../cluster/controller/broker-set.ts';
import { nothingSaid } from './promises.ts';
import { viewOf, type World } from './world.ts';

export function beginning(nodes: number): World {
  const brokerIds = Array.from({ length: nodes }, (_, place) => place + 1);
  const brokerSet: BrokerSet = {
    clusterName: 'c',
    brokerName: 'b',
    nextBrokerId: brokerIds.length + 1,
    replicas: new Map(
      brokerIds.map((brokerId) => [
        brokerId,
        {
          brokerId,
          brokerAddress: `broker-${brokerId}:1`,
          haAddress: `broker-${brokerId}:1`,
          registerCheckCode: '',
          incarnation: `${brokerId}.1`,
          pastIncarnations: [],
          isSuspect: false,
        },
      ]),
    ),
    masterBrokerId: 1,
    masterIncarnation: '1.1',
    masterEpoch: 1,
    syncStateSet: new Set(brokerIds),
    syncStateSetEpoch: 2,
  };
  const row = {
    incarnation: '',
    ackOffset: 0,
    lastHeardMs: 0,
    caughtUpMs: 0,
    sampleOffset: 0,
    sampleMs: 0,
    lostMs: 0,
  };
  const slaves = brokerIds.slice(1);
  const part = {
    tracker: { syncStateSet: brokerIds, syncStateSetEpoch: 2, unresolved: [], inFlight: -1, marks: [] },
    acks: slaves.map(
      (brokerId) => [brokerId, { ...row, connectionId: brokerId, incarnation: `${brokerId}.1` }] as const,
    ),
    vouched: brokerIds.map((brokerId) => [brokerId, `${brokerId}.1`] as const),
    waiting: [],
    nextConnectionId: brokerIds.length + 1,
    proposalToken: 0,
  };
  return {
    used: { messages: 0, faults: 0, elections: 0, proposals: 0 },
    said: nothingSaid,
    controller: { brokerSet, views: [viewOf(brokerSet)] },
    replicas: brokerIds.map((brokerId) => ({
      brokerId,
      log: [],
      epochs: brokerId === 1 ? [{ epoch: 1, startOffset: 0 }] : [],
      confirmOffset: 0,
      roleEpoch: 1,
      roleMasterBrokerId: 1,
      ownEpoch: brokerId === 1 ? 1 : 0,
      life: 1,
      epochAtRegistration: 0,
      role:
        brokerId === 1
          ? { kind: 'master', masterEpoch: 1, syncStateSetEpoch: 2, part }
          : { kind: 'slave', masterEpoch: 1, masterBrokerId: 1 },
    })),
    links: brokerIds.map((brokerId) =>
      brokerId === 1
        ? undefined
        : {
            masterBrokerId: 1,
            masterEpoch: 1,
            connectionId: brokerId,
            offered: undefined,
            frames: [],
            acks: [],
            sentOffset: 0,
            keepsTail: false,
            isLeft: false,
          },
    ),
    errands: [],
  };
}
