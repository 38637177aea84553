/** What a request handler and its server see of a connection, and what they send over it. */
import type { Buffer } from 'node:buffer';
import type { RemotingCommand } from './remoting-command.ts';

/** Writes the JSON of extFields straight into the frame. */
export interface FieldsWriter {
  /** What it writes is never longer. */
  readonly bytesMax: number;
  /** Returns where the JSON ends. */
  write(into: Buffer, at: number): number;
}

/** What requests and responses carry besides their code. */
export interface Payload {
  readonly extFields?: Readonly<Record<string, string>>;
  /** The JSON text of extFields, in their place. */
  readonly extFieldsJson?: string;
  /** In the place of both: for hot paths. */
  readonly fieldsWriter?: FieldsWriter;
  /** Must not be changed after the call. */
  readonly body?: Uint8Array;
}

export interface OutgoingRequest extends Payload {
  readonly code: number;
}

export interface Response extends Payload {
  readonly code: number;
  readonly remark?: string;
}

export interface Channel {
  /** Unique within the server or client. */
  readonly id: number;
  /** "address:port" of the peer. */
  readonly remoteAddress: string;
  isOpen(): boolean;
  /** Does nothing on a closed channel. */
  oneway(request: OutgoingRequest): void;
  close(): void;
  /** Called once; in a later turn when the channel is closed already. */
  onClose(listener: () => void): void;
}

export interface RequestContext {
  readonly request: RemotingCommand;
  readonly channel: Channel;
  /** At most once; nothing is sent for a one-way request or on a closed channel. */
  respond(response: Response): void;
}

/** A throw or a rejection answers code 1 (SYSTEM_ERROR) with its message. */
export type RequestHandler = (context: RequestContext) => void | Promise<void>;
