/** HA services one by one, for tests that say themselves which role each of them takes and what the controller answers. */
import { Buffer } from 'node:buffer';
import type { ByteStream } from '../../runtime/network.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { AutoSwitchHaService } from '../auto-switch-ha-service.ts';
import type { HaConnectionEvent, HaDelegate } from '../ha-delegate.ts';
import { type HaOptions, haOptionDefaults } from '../ha-options.ts';
import { decodeMasterPacket, encodeSlavePacket, type MasterPacket, type SlavePacket } from '../ha-packet.ts';
import { masterPacketLength, PacketAssembler } from '../packet-assembler.ts';
import { FakeLog, FakeStore } from './fake-store.ts';
import type { TestWorld } from './test-world.ts';

type Answer = Awaited<ReturnType<HaDelegate['proposeSyncStateSet']>>;

export interface Proposal {
  readonly masterEpoch: number;
  readonly base: number;
  readonly next: readonly number[];
  readonly incarnations: ReadonlyMap<number, string>;
  answer(answer: Answer): void;
  adopt(): void;
}

export interface BenchNode {
  readonly brokerId: number;
  readonly runtime: Runtime;
  readonly store: FakeStore;
  readonly ha: AutoSwitchHaService;
  readonly proposals: Proposal[];
  readonly deposedBy: number[];
  readonly events: HaConnectionEvent[];
  /** Appends a record and returns where it ends. */
  write(payload: string): number;
}

export class HaBench {
  readonly world: TestWorld;
  readonly logs = new Map<number, FakeLog>();
  /** False: each proposal waits for the test's answer. */
  adoptsAtOnce = true;

  constructor(world: TestWorld) {
    this.world = world;
    for (const name of ['n1', 'n2', 'n3']) world.host(name);
  }

  logOf(brokerId: number): FakeLog {
    let log = this.logs.get(brokerId);
    if (log === undefined) {
      log = new FakeLog();
      this.logs.set(brokerId, log);
    }
    return log;
  }

  async start(
    brokerId: number,
    options: Partial<HaOptions> = {},
    syncMsMax = 2,
    incarnation: () => string = () => `n${brokerId} life`,
  ): Promise<BenchNode> {
    const runtime = this.world.host(`n${brokerId}`).start();
    const store = new FakeStore(runtime, this.logOf(brokerId), { syncMsMax });
    const proposals: Proposal[] = [];
    const deposedBy: number[] = [];
    const events: HaConnectionEvent[] = [];
    const ha = new AutoSwitchHaService(
      runtime,
      store,
      {
        ...haOptionDefaults,
        selfBrokerId: () => brokerId,
        listen: { host: `n${brokerId}`, port: 10912 },
        epochFilePath: 'store/epochFileCheckpoint',
        ...options,
        get incarnation() {
          return incarnation();
        },
      },
      {
        proposeSyncStateSet: (masterEpoch, base, next, incarnations) =>
          new Promise((resolve) => {
            const proposal = {
              masterEpoch,
              base,
              next: [...next].sort((a, b) => a - b),
              incarnations,
              answer: resolve,
              adopt: () => resolve({ kind: 'adopted', syncStateSet: next, syncStateSetEpoch: base + 1 }),
            };
            proposals.push(proposal);
            if (this.adoptsAtOnce) proposal.adopt();
          }),
        deposed: (newerEpoch) => deposedBy.push(newerEpoch),
        connectionState: (event) => events.push(event),
      },
    );
    await this.#settle(ha.start());
    const write = (payload: string): number => store.append(Buffer.from(payload)).endOffset;
    return { brokerId, runtime, store, ha, proposals, deposedBy, events, write };
  }

  async master(
    node: BenchNode,
    masterEpoch: number,
    members: readonly number[] = [node.brokerId],
  ): Promise<void> {
    const role = { masterEpoch, syncStateSet: new Set(members), syncStateSetEpoch: masterEpoch * 100 };
    await this.#settle(node.ha.changeToMaster(role));
  }

  async slave(node: BenchNode, masterEpoch: number, masterBrokerId: number): Promise<void> {
    const masterHaAddress = `n${masterBrokerId}:10912`;
    await this.#settle(node.ha.changeToSlave({ masterEpoch, masterBrokerId, masterHaAddress }));
  }

  /** The outcomes of a write, as they come. */
  wait(node: BenchNode, nextOffset: number, timeoutMs = 1000): string[] {
    const outcomes: string[] = [];
    node.ha.waitForConfirm(nextOffset, node.runtime.clock.monotonicMs() + timeoutMs, (outcome) =>
      outcomes.push(outcome),
    );
    return outcomes;
  }

  readRound(node: BenchNode, timeoutMs = 1000): boolean[] {
    const answers: boolean[] = [];
    node.ha.readRound(timeoutMs, (ok) => answers.push(ok));
    return answers;
  }

  /** A connection to the HA port of a node whose slave side is the test. */
  async dial(from: Runtime, brokerId: number): Promise<ScriptedSlave> {
    const stream = await this.#settle(from.network.connect({ host: `n${brokerId}`, port: 10912 }, 1000));
    return new ScriptedSlave(stream);
  }

  async #settle<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const settled = (): void => {
      isSettled = true;
    };
    promise.then(settled, settled);
    await this.world.run(() => isSettled, 10_000);
    return promise;
  }
}

export class ScriptedSlave {
  readonly received: MasterPacket[] = [];
  isClosed = false;
  readonly #stream: ByteStream;

  constructor(stream: ByteStream) {
    this.#stream = stream;
    const assembler = new PacketAssembler(masterPacketLength);
    stream.handle({
      data: (bytes) => {
        assembler.push(bytes, (packet) => this.received.push(decodeMasterPacket(Uint8Array.from(packet))));
      },
      close: () => {
        this.isClosed = true;
      },
    });
  }

  send(packet: SlavePacket): void {
    this.#stream.write(encodeSlavePacket(packet));
  }

  sendRaw(bytes: Uint8Array): void {
    this.#stream.write(bytes);
  }

  handshake(brokerId: number, followedEpoch: number, incarnation = 'scripted'): void {
    this.send({
      kind: 'handshake',
      syncFromLastFile: false,
      asyncLearner: false,
      brokerId,
      extension: { followedEpoch, maxOffset: 0, incarnation },
    });
  }

  ack(offset: number): void {
    this.send({ kind: 'ack', offset });
  }

  destroy(): void {
    this.#stream.destroy();
  }

  /** Bytes of all transfers so far. */
  endOffset(): number {
    let end = 0;
    for (const packet of this.received) {
      if (packet.kind === 'transfer') end = Math.max(end, packet.header.offset + packet.body.length);
    }
    return end;
  }
}
