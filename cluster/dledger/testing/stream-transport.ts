/**
 * A transport for a group that has no other server to ride on (tests, tools): one outgoing stream per peer, dialled when there is something
 * to say. Frames: int32 length of the rest | int8 length of the sender's id | sender's id | message.
 */
import { Buffer } from 'node:buffer';
import type { ByteStream, HostPort, Listener } from '../../runtime/network.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { DLedgerTransport } from '../dledger-options.ts';

const connectTimeoutMs = 300;
const waitingFramesMax = 100;
const frameBytesMax = 16 * 1024 * 1024;

interface Link {
  stream: ByteStream | undefined;
  waiting: Uint8Array[];
}

export class StreamTransport implements DLedgerTransport {
  readonly #runtime: Runtime;
  readonly #selfId: string;
  readonly #peers: Map<string, HostPort>;
  readonly #links = new Map<string, Link>();
  #listener: Listener | undefined;
  #deliver: (fromPeerId: string, bytes: Uint8Array) => void = () => undefined;

  constructor(runtime: Runtime, selfId: string, peers: ReadonlyMap<string, HostPort>) {
    this.#runtime = runtime;
    this.#selfId = selfId;
    this.#peers = new Map(peers);
  }

  async listen(address: HostPort): Promise<void> {
    this.#listener = await this.#runtime.network.listen(address, (stream) => this.#accept(stream));
  }

  async close(): Promise<void> {
    for (const { stream } of this.#links.values()) stream?.destroy();
    this.#links.clear();
    await this.#listener?.close();
  }

  onMessage(listener: (fromPeerId: string, bytes: Uint8Array) => void): void {
    this.#deliver = listener;
  }

  addPeers(addresses: ReadonlyMap<string, string>): void {
    for (const [id, address] of addresses) {
      const [host = '', port] = address.split(':');
      this.#peers.set(id, { host, port: Number(port) });
    }
  }

  send(peerId: string, bytes: Uint8Array): void {
    const frame = encodeFrame(this.#selfId, bytes);
    const link = this.#links.get(peerId);
    if (link?.stream !== undefined) link.stream.write(frame);
    else if (link === undefined) this.#dial(peerId, frame);
    else if (link.waiting.length < waitingFramesMax) link.waiting.push(frame);
  }

  #dial(peerId: string, frame: Uint8Array): void {
    const address = this.#peers.get(peerId);
    if (address === undefined) return;
    const link: Link = { stream: undefined, waiting: [frame] };
    this.#links.set(peerId, link);
    const forget = (): void => {
      if (this.#links.get(peerId) === link) this.#links.delete(peerId);
    };
    void this.#runtime.network.connect(address, connectTimeoutMs).then((stream) => {
      stream.handle({ data: () => undefined, close: forget });
      if (this.#links.get(peerId) !== link) {
        stream.destroy();
        return;
      }
      link.stream = stream;
      for (const waiting of link.waiting) stream.write(waiting);
      link.waiting = [];
    }, forget);
  }

  #accept(stream: ByteStream): void {
    let received = Buffer.alloc(0);
    stream.handle({
      data: (bytes) => {
        received = Buffer.concat([received, bytes]);
        for (let size = frameSize(received); size !== undefined; size = frameSize(received)) {
          if (size > frameBytesMax) {
            stream.destroy();
            return;
          }
          if (received.length < size) return;
          const idEnd = 5 + received.readUInt8(4);
          this.#deliver(received.toString('utf8', 5, idEnd), Uint8Array.from(received.subarray(idEnd, size)));
          received = received.subarray(size);
        }
      },
      close: () => undefined,
    });
  }
}

function frameSize(received: Buffer): number | undefined {
  return received.length < 5 ? undefined : 4 + received.readUInt32BE(0);
}

function encodeFrame(selfId: string, bytes: Uint8Array): Uint8Array {
  const id = Buffer.from(selfId);
  const frame = Buffer.alloc(5 + id.length + bytes.length);
  frame.writeUInt32BE(frame.length - 4, 0);
  frame.writeUInt8(id.length, 4);
  frame.set(id, 5);
  frame.set(bytes, 5 + id.length);
  return frame;
}
