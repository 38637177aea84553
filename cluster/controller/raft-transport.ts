/** Carries the messages of Raft peers as one-way requests (52001) between the controllers' remoting ports. */
import { raftMessageRequestHeader } from '../remoting/header/raft-message.ts';
import { RemotingClient } from '../remoting/remoting-client.ts';
import type { RemotingServer } from '../remoting/remoting-server.ts';
import { RequestCode } from '../remoting/request-code.ts';
import type { Runtime } from '../runtime/runtime.ts';

/** A peer that is slow to accept is asked again with the next message. */
const connectTimeoutMs = 1000;

export interface RaftTransportOptions {
  readonly group: string;
  readonly selfId: string;
  readonly peers: ReadonlyMap<string, string>;
}

export class RaftTransport {
  readonly #client: RemotingClient;
  readonly #options: RaftTransportOptions;
  /** The same in every message. */
  readonly #extFieldsJson: string;
  #listener: (fromPeerId: string, bytes: Uint8Array) => void = () => undefined;

  constructor(runtime: Runtime, server: RemotingServer, options: RaftTransportOptions) {
    this.#options = options;
    const { group, selfId: from } = options;
    this.#extFieldsJson = JSON.stringify(raftMessageRequestHeader.encode({ group, from }));
    this.#client = new RemotingClient(runtime, { connectTimeoutMs });
    server.handle(RequestCode.RAFT_MESSAGE, ({ request }) => {
      const { group, from } = raftMessageRequestHeader.decode(request.extFields);
      // Another group's member, or a stranger: a wrong file, not a peer.
      if (group !== options.group || !options.peers.has(from) || from === options.selfId) return;
      if (request.body !== null) this.#listener(from, request.body);
    });
  }

  send(peerId: string, bytes: Uint8Array): void {
    const address = this.#options.peers.get(peerId);
    if (address === undefined) return;
    this.#client.oneway(address, {
      code: RequestCode.RAFT_MESSAGE,
      extFieldsJson: this.#extFieldsJson,
      body: bytes,
    });
  }

  onMessage(listener: (fromPeerId: string, bytes: Uint8Array) => void): void {
    this.#listener = listener;
  }

  stop(): void {
    this.#client.stop();
  }
}
