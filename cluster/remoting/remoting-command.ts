/** One request or response of the RocketMQ remoting protocol. */

/** How a frame writes its header. */
export type Serialization = 'json' | 'rocketmq';

export interface RemotingCommand {
  /** A request code, or in a response the response code. */
  readonly code: number;
  readonly language: string;
  /** The ordinal of the sender's release (MQVersion). */
  readonly version: number;
  /** Pairs a response with its request; a number of one connection's sender. */
  readonly opaque: number;
  readonly flag: number;
  readonly remark: string | null;
  readonly extFields: Readonly<Record<string, string>> | null;
  /** Null when empty. A view of the bytes received: who keeps it for long copies it, else a whole chunk stays in memory. */
  readonly body: Uint8Array | null;
  readonly serialization: Serialization;
}

export const responseFlag = 1;
export const onewayFlag = 2;

/** What our frames say of their sender. JAVA, since 4.9 clients read names they do not know as null. */
export const ourLanguage = 'JAVA';
/** V5_3_3: from 401 on nameservers answer routes as strict JSON, 0 would disable SQL92 in clients. */
export const ourVersion = 479;

export function isResponse(command: RemotingCommand): boolean {
  return (command.flag & responseFlag) !== 0;
}

export function isOneway(command: RemotingCommand): boolean {
  return (command.flag & onewayFlag) !== 0;
}
