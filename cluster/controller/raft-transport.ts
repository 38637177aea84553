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
  readonly #peers: Map<string, string>;
  readonly #options: RaftTransportOptions;
  /** By receiver: the same in every message. */
  readonly #extFieldsJson = new Map<string, string>();
  #listener: (fromPeerId: string, bytes: Uint8Array) => void = () => undefined;

  constructor(runtime: Runtime, server: RemotingServer, options: RaftTransportOptions) {
    this.#options = options;
    this.#peers = new Map(options.peers);
    this.#client = new RemotingClient(runtime, { connectTimeoutMs });
    server.handle(RequestCode.RAFT_MESSAGE, ({ request }) => {
      const { group, from, to, address } = raftMessageRequestHeader.decode(request.extFields);
      // Another group's member: a wrong file, not a peer. Or what was meant for the member that had this address before.
      if (group !== options.group || from === options.selfId || (to ?? options.selfId) !== options.selfId)
        return;
      if (!this.#peers.has(from)) {
        // A member that came when this one was away may lead; whoever says not where it can be answered is a stranger.
        if (address === undefined || address === '') return;
        this.#peers.set(from, address);
      }
      if (request.body !== null) this.#listener(from, request.body);
    });
  }

  send(peerId: string, bytes: Uint8Array): void {
    const address = this.#peers.get(peerId);
    if (address === undefined) return;
    this.#client.oneway(address, {
      code: RequestCode.RAFT_MESSAGE,
      extFieldsJson: this.#envelopeTo(peerId),
      body: bytes,
    });
  }

  #envelopeTo(to: string): string {
    let envelope = this.#extFieldsJson.get(to);
    if (envelope === undefined) {
      const { group, selfId: from, peers } = this.#options;
      const fields = { group, from, to, address: peers.get(from) };
      envelope = JSON.stringify(raftMessageRequestHeader.encode(fields));
      this.#extFieldsJson.set(to, envelope);
    }
    return envelope;
  }

  addPeers(addresses: ReadonlyMap<string, string>): void {
    for (const [id, address] of addresses) this.#peers.set(id, address);
  }

  onMessage(listener: (fromPeerId: string, bytes: Uint8Array) => void): void {
    this.#listener = listener;
  }

  stop(): void {
    this.#client.stop();
  }
}
