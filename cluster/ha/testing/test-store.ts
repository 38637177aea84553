/** A store that the random runs can write to and look into: the small one of this folder, or the message store itself. */
import { Buffer } from 'node:buffer';
import { decodeMessage } from '../../message/decode-message.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { MessageStore } from '../../store/message-store.ts';
import type { HaStore } from '../ha-store.ts';
import { FakeLog, FakeStore } from './fake-store.ts';

export interface Written {
  readonly offset: number;
  readonly endOffset: number;
  readonly queueOffset: number;
}

export interface TestStore {
  readonly store: HaStore;
  /** Undefined when the store refuses. */
  append(payload: string, masterEpoch: number): Written | undefined;
  payloadAt(offset: number): Promise<string | undefined>;
}

/** The disks of a group: they outlive the nodes. */
export interface TestStores {
  open(runtime: Runtime, brokerId: number): Promise<TestStore>;
  crashed(brokerId: number, below: (bound: number) => number): void;
}

export class FakeStores implements TestStores {
  readonly #logs = new Map<number, FakeLog>();

  async open(runtime: Runtime, brokerId: number): Promise<TestStore> {
    const log = this.#logs.get(brokerId) ?? new FakeLog();
    this.#logs.set(brokerId, log);
    const store = new FakeStore(runtime, log, { syncMsMax: 5 });
    return {
      store,
      append: (payload) => ({ ...store.append(Buffer.from(payload)), queueOffset: -1 }),
      payloadAt: async (offset) => store.payloadAt(offset),
    };
  }

  crashed(brokerId: number, below: (bound: number) => number): void {
    this.#logs.get(brokerId)?.crash(below);
  }
}

export class MessageStores implements TestStores {
  readonly #logFileBytes: number;

  constructor(logFileBytes = 1024 * 1024) {
    this.#logFileBytes = logFileBytes;
  }

  async open(runtime: Runtime): Promise<TestStore> {
    const host = { ip: '10.0.0.1', port: 10911 };
    const store = await MessageStore.open(runtime, {
      storePathRootDir: 'store',
      storeHost: host,
      flushDiskType: 'SYNC_FLUSH',
      mappedFileSizeCommitLog: this.#logFileBytes,
      mappedFileSizeConsumeQueue: 2000,
      memoryTailBytes: 4 * 1024,
    });
    return {
      store,
      append: (payload, masterEpoch) => {
        store.setRole('master', masterEpoch);
        const draft = {
          topic: 'T',
          queueId: 0,
          flag: 0,
          sysFlag: 0,
          bornTimestamp: 0,
          bornHost: host,
          reconsumeTimes: 0,
          preparedTransactionOffset: 0,
          properties: '',
          body: Buffer.from(payload),
        };
        const result = store.append([draft]);
        // The broker does this at the role change; here nobody else knows of it.
        store.setRole('none', masterEpoch);
        if (result.kind === 'refused') return undefined;
        return {
          offset: result.physicalOffset,
          endOffset: result.endOffset,
          queueOffset: result.queueOffset,
        };
      },
      payloadAt: async (offset) => {
        const bytes = await store.readRaw(offset, 1, store.maxOffset());
        return bytes.length === 0 ? undefined : Buffer.from(decodeMessage(bytes).body).toString();
      },
    };
  }

  /** The simulated disk forgets by itself. */
  crashed(): void {}
}
