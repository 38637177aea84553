/** All queues of a store: consumequeue/TOPIC/QUEUE-ID/. */
import { Buffer } from 'node:buffer';
import type { Disk } from '../../runtime/disk.ts';
import { FileQueue } from '../file-queue.ts';
import type { OpenFiles } from '../open-files.ts';
import { ConsumeQueue } from './consume-queue.ts';

interface TopicQueues {
  readonly bytes: Uint8Array;
  readonly queues: Map<number, ConsumeQueue>;
}

export class ConsumeQueues {
  readonly #disk: Disk;
  readonly #files: OpenFiles;
  readonly #directory: string;
  readonly #fileBytes: number;
  readonly #topics = new Map<string, TopicQueues>();
  /** Have entries that are not on disk, or not synced. */
  #dirty = new Set<ConsumeQueue>();
  #unwritten = 0;

  constructor(disk: Disk, files: OpenFiles, directory: string, fileBytes: number) {
    this.#disk = disk;
    this.#files = files;
    this.#directory = directory;
    this.#fileBytes = fileBytes;
  }

  find(topic: string, queueId: number): ConsumeQueue | undefined {
    return this.#topics.get(topic)?.queues.get(queueId);
  }

  has(topic: string): boolean {
    return this.#topics.has(topic);
  }

  of(topic: string, queueId: number): ConsumeQueue {
    let entry = this.#topics.get(topic);
    if (entry === undefined) {
      entry = { bytes: Buffer.from(topic), queues: new Map() };
      this.#topics.set(topic, entry);
    }
    const known = entry.queues.get(queueId);
    if (known !== undefined) return known;
    const directory = `${this.#directory}/${topic}/${queueId}`;
    const files = new FileQueue(
      this.#disk,
      this.#files,
      directory,
      this.#fileBytes,
      'mappedFileSizeConsumeQueue',
    );
    const queue = new ConsumeQueue(topic, entry.bytes, queueId, files);
    entry.queues.set(queueId, queue);
    return queue;
  }

  *all(): IterableIterator<ConsumeQueue> {
    for (const entry of this.#topics.values()) yield* entry.queues.values();
  }

  /** Entries of all queues: a checkpoint keeps it, so that lost files are noticed. */
  unitCount(): number {
    let sum = 0;
    for (const queue of this.all()) sum += queue.maxOffset - queue.minOffset;
    return sum;
  }

  append(
    queue: ConsumeQueue,
    queueOffset: number,
    physicalOffset: number,
    size: number,
    tagsCode: number,
  ): void {
    queue.append(queueOffset, physicalOffset, size, tagsCode);
    this.#dirty.add(queue);
    this.#unwritten += 1;
  }

  /** Entries that wait in memory, about. */
  get unwrittenCount(): number {
    return this.#unwritten;
  }

  /** Puts all waiting entries on disk; durable when it resolves if `sync`. One call at a time. A failed call can be repeated. */
  async write(sync: boolean): Promise<void> {
    const dirty = this.#dirty;
    if (sync) this.#dirty = new Set();
    this.#unwritten = 0;
    try {
      for (const queue of [...dirty]) await queue.write();
      if (sync) for (const queue of dirty) await queue.sync();
    } catch (error) {
      for (const queue of dirty) this.#dirty.add(queue);
      throw error;
    }
  }

  /** See ConsumeQueue.load. */
  async load(logStart: number, logEnd: number): Promise<void> {
    for (const topic of await this.#disk.list(this.#directory)) {
      for (const name of await this.#disk.list(`${this.#directory}/${topic}`)) {
        if (!/^\d+$/.test(name)) continue;
        await this.of(topic, Number(name)).open(logStart, logEnd);
      }
    }
  }

  /** Removes what lies behind the queues' ends; without `always` only where the next entry shows it. Durable. */
  async cutLeftovers(always: boolean): Promise<void> {
    for (const queue of this.all()) if (always || (await queue.hasLeftovers())) await queue.cutLeftovers();
  }

  /** Forgets and removes the entries of records that end above `logEnd`. Durable. */
  async cut(logStart: number, logEnd: number): Promise<void> {
    for (const queue of this.all()) await queue.cut(logStart, logEnd);
  }

  /** Removes every queue's files and forgets all queues: they will be made again from the log. */
  async clear(): Promise<void> {
    this.#topics.clear();
    this.#dirty.clear();
    for (const topic of await this.#disk.list(this.#directory)) {
      for (const queueId of await this.#disk.list(`${this.#directory}/${topic}`)) {
        const directory = `${this.#directory}/${topic}/${queueId}`;
        for (const name of await this.#disk.list(directory)) {
          await this.#files.close(`${directory}/${name}`);
          await this.#disk.remove(`${directory}/${name}`);
        }
        if ((await this.#disk.status(directory))?.kind === 'directory')
          await this.#disk.syncDirectory(directory);
      }
    }
  }
}
