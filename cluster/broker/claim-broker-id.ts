/** Applies for a broker id (1012, 1013). A crash at any point leaves either the id or a bid that is given the same id again. */
import { ResponseCode } from '../remoting/response-code.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { BrokerIdentityFiles } from './broker-identity.ts';
import type { ControllerClient } from './controller-client.ts';
import { applyBrokerId, type BrokerAddresses, getNextBrokerId } from './controller-requests.ts';

const requestTimeoutMs = 1000;

/**
 * Rejects with an error that says what the controller answered; the caller tries again. `knownId`: the id this store has had before, which a
 * controller that lost its own data is asked to take up again.
 */
export async function claimBrokerId(
  runtime: Runtime,
  parts: {
    readonly broker: BrokerAddresses;
    readonly controllers: ControllerClient;
    readonly identities: BrokerIdentityFiles;
  },
  knownId?: number,
): Promise<number> {
  const { broker, controllers, identities } = parts;
  const bid = knownId === undefined ? await identities.bid() : undefined;
  const brokerId = bid?.brokerId ?? knownId ?? (await askForNextId(parts));
  const checkCode =
    bid?.checkCode ?? `${broker.brokerAddress};${runtime.clock.wallMs()}-${runtime.random.uint32()}`;
  if (bid === undefined && knownId === undefined) await identities.keepBid(brokerId, checkCode);
  const response = await controllers.request(applyBrokerId(broker, brokerId, checkCode), requestTimeoutMs, {
    isRepeatable: true,
  });
  if (response.code === ResponseCode.SUCCESS) {
    await identities.keep(brokerId);
    return brokerId;
  }
  if (response.code === ResponseCode.CONTROLLER_BROKER_ID_INVALID) await identities.dropBid();
  throw new Error(
    `broker id ${brokerId} was refused: ${response.code} ${response.remark ?? ''}; asking for another`,
  );
}

async function askForNextId(parts: {
  readonly broker: BrokerAddresses;
  readonly controllers: ControllerClient;
}): Promise<number> {
  const response = await parts.controllers.request(getNextBrokerId(parts.broker), requestTimeoutMs, {
    isRepeatable: true,
  });
  const nextBrokerId = Number(response.extFields?.['nextBrokerId']);
  if (response.code !== ResponseCode.SUCCESS || !Number.isSafeInteger(nextBrokerId) || nextBrokerId < 1) {
    throw new Error(`no next broker id: ${response.code} ${response.remark ?? ''}`);
  }
  return nextBrokerId;
}
