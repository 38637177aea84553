/** What a processor may use of the broker it works for. */
import type { Response } from '../remoting/channel.ts';
import { ResponseCode } from '../remoting/response-code.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { BrokerConfig } from './broker-config.ts';
import type { BrokerHa, BrokerStore } from './broker-store.ts';
import type { BrokerRole } from './replicas-decision.ts';
import type { TopicConfigLog } from './topic-config-log.ts';

export interface BrokerServices {
  readonly runtime: Runtime;
  readonly config: BrokerConfig;
  readonly store: BrokerStore;
  readonly ha: BrokerHa;
  readonly topics: TopicConfigLog;
  role(): BrokerRole;
}

/** 14 and not 2: clients before 5.3 look for another broker on the first only. */
export function notMasterResponse(role: BrokerRole): Response {
  const state =
    role.kind === 'slave' ? 'a slave' : role.kind === 'fenced' ? `fenced: ${role.reason}` : 'not ready';
  return { code: ResponseCode.SERVICE_NOT_AVAILABLE, remark: `this broker is ${state}; ask the master` };
}

/** Undefined unless the broker is a master and not fenced. */
export function masterEpochOf(role: BrokerRole): number | undefined {
  return role.kind === 'master' ? role.masterEpoch : undefined;
}
