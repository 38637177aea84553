/** What the nameserver's handlers work on. */
import { Buffer } from 'node:buffer';
import type { LiveConfig } from '../controller/live-config.ts';
import type { Response } from '../remoting/channel.ts';
import type { RemotingServer } from '../remoting/remoting-server.ts';
import { ResponseCode } from '../remoting/response-code.ts';
import type { KvConfig } from './kv-config.ts';
import type { NameServerConfig } from './nameserver-config.ts';
import type { RouteTable } from './route-table.ts';

export interface NameServerParts {
  readonly server: RemotingServer;
  readonly routes: RouteTable;
  readonly kvConfig: KvConfig;
  readonly config: LiveConfig<NameServerConfig>;
  readonly nowMs: () => number;
  readonly startedMs: number;
  readonly log: (line: string) => void;
}

export const orderTopicConfigNamespace = 'ORDER_TOPIC_CONFIG';

export function jsonResponse(value: unknown): Response {
  return { code: ResponseCode.SUCCESS, body: Buffer.from(JSON.stringify(value), 'utf8') };
}
