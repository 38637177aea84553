/** Who belongs to the controllers' group now, and how that is changed. */
import type { DLedgerServer } from '../dledger/dledger-server.ts';
import type { Response } from '../remoting/channel.ts';
import { changePeerRequestHeader } from '../remoting/header/controller-change-peer.ts';
import type { RemotingCommand } from '../remoting/remoting-command.ts';
import { RequestCode } from '../remoting/request-code.ts';
import { ResponseCode } from '../remoting/response-code.ts';
import { ControllerError } from './controller-error.ts';

/** Ids to "host:port". */
export interface ControllerPeers {
  readonly voters: ReadonlyMap<string, string>;
  readonly learners: ReadonlyMap<string, string>;
}

/** A change that needs longer goes on by itself; ask for the metadata. */
const changeTimeoutMs = 3000;

/** By the log, as far as this controller has it; before its start by its file. */
export function controllerPeers(
  dledger: DLedgerServer,
  ofFile: ReadonlyMap<string, string>,
): ControllerPeers {
  const { peers } = dledger.configuration() ?? {};
  if (peers === undefined) return { voters: ofFile, learners: new Map() };
  const addresses = (wanted: boolean): ReadonlyMap<string, string> =>
    new Map(peers.filter(({ votes }) => votes === wanted).map(({ id, address }) => [id, address]));
  return { voters: addresses(true), learners: addresses(false) };
}

export const changePeerCodes = {
  [RequestCode.CONTROLLER_ADD_LEARNER]: 'add-learner',
  [RequestCode.CONTROLLER_LEARNER_TO_FOLLOWER]: 'promote',
  [RequestCode.CONTROLLER_REMOVE_PEER]: 'remove',
} as const;

export async function changePeer(
  dledger: DLedgerServer,
  kind: 'add-learner' | 'promote' | 'remove',
  { extFields }: RemotingCommand,
): Promise<Response> {
  const { peerId: id, peerAddress = '' } = changePeerRequestHeader.decode(extFields);
  if (id === '' || /[-:;\s]/.test(id)) {
    throw new ControllerError(
      ResponseCode.CONTROLLER_INVALID_REQUEST,
      `peerId: wanted a name without blank, '-', ':' or ';', got ${JSON.stringify(id)}`,
    );
  }
  if (kind !== 'add-learner') await dledger.changeMembership({ kind, id }, changeTimeoutMs);
  else if (/^[^\s;]+:\d{1,5}$/.test(peerAddress))
    await dledger.changeMembership({ kind, id, address: peerAddress }, changeTimeoutMs);
  else {
    throw new ControllerError(
      ResponseCode.CONTROLLER_INVALID_REQUEST,
      `peerAddress: wanted host:port, got ${JSON.stringify(peerAddress)}`,
    );
  }
  return { code: ResponseCode.SUCCESS };
}
