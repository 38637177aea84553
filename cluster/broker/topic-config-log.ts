/**
 * The topics of a broker, kept in its log: a change is a record in a queue of its own, in force on every replica once it is confirmed there.
 * topics.json is a snapshot that saves reading the queue from its start.
 */
import { Buffer } from 'node:buffer';
import { decodeMessage } from '../message/decode-message.ts';
import type { HostAddress } from '../message/host-address.ts';
import { encodeProperties } from '../message/message-properties.ts';
import { ResponseCode } from '../remoting/response-code.ts';
import { makeDurableFolder, parentOf } from '../runtime/durable-folder.ts';
import { readWholeFile, replaceFile } from '../runtime/replace-file.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { BrokerHa, BrokerStore } from './broker-store.ts';
import { putAnswer, refusalCodes } from './put-response.ts';
import { type TopicConfig, topicConfigTopic } from './topic-config.ts';
import { decodeTopicRecord, encodeTopicRecord, type TopicRecord } from './topic-record.ts';
import { type DataVersion, encodeSnapshot, type TopicTable } from './topic-table.ts';

export interface TopicChangeAnswer {
  readonly code: number;
  readonly remark?: string;
}

const batchCountMax = 256;
const batchBytesMax = 1024 * 1024;
const snapshotDelayMs = 200;
const readRetryMs = 100;

export class TopicConfigLog {
  readonly #runtime: Runtime;
  readonly #store: BrokerStore;
  readonly #ha: BrokerHa;
  readonly #table: TopicTable;
  readonly #options: {
    readonly snapshotPath: string;
    readonly storeHost: HostAddress;
    readonly changeTimeoutMs: number;
  };
  readonly #changeListeners: (() => void)[] = [];
  /** Changes that are confirmed, or may be, and wait until the record at their queue offset is applied. */
  readonly #waiting: { readonly queueOffset: number; readonly done: () => void }[] = [];
  #isReading = false;
  #isSaving = false;
  #isSavePlanned = false;
  #isStopped = false;

  constructor(
    runtime: Runtime,
    parts: { readonly store: BrokerStore; readonly ha: BrokerHa; readonly table: TopicTable },
    options: { snapshotPath: string; storeHost: HostAddress; changeTimeoutMs: number },
  ) {
    this.#runtime = runtime;
    this.#store = parts.store;
    this.#ha = parts.ha;
    this.#table = parts.table;
    this.#options = options;
  }

  /** Brings the table to what was confirmed before the broker stopped. */
  async start(): Promise<void> {
    await makeDurableFolder(this.#runtime.disk, parentOf(this.#options.snapshotPath));
    const bytes = await readWholeFile(this.#runtime.disk, this.#options.snapshotPath);
    if (bytes !== undefined) {
      const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
      if (!this.#table.restore(text, this.#store.confirmOffset())) {
        this.#runtime.trace.log(
          'info',
          `${this.#options.snapshotPath} cannot be used; the topics are read from the log`,
        );
      }
    }
    await this.#readAll();
  }

  /** Saves what is not saved yet. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#isSavePlanned && !this.#isSaving) await this.#save();
  }

  get(topic: string): TopicConfig | undefined {
    return this.#table.get(topic);
  }

  all(): readonly TopicConfig[] {
    return this.#table.all();
  }

  dataVersion(): DataVersion {
    return this.#table.dataVersion();
  }

  setStateVersion(masterEpoch: number): void {
    this.#table.setStateVersion(masterEpoch);
  }

  /** Called after the topics have changed. */
  onChange(listener: () => void): void {
    this.#changeListeners.push(listener);
  }

  /** All that is confirmed is applied, and what predecessors acknowledged is confirmed: a topic that is not there does not exist. */
  isCaughtUp(): boolean {
    return this.#ha.tailReadable() && this.#table.nextQueueOffset() >= this.#queueMaxOffset();
  }

  /** A message of the topic queue became readable. */
  onArrival(topic: string): void {
    if (topic !== topicConfigTopic || this.#isReading || this.#isStopped) return;
    void this.#readAll().then(undefined, (error: unknown) => {
      this.#runtime.trace.log('error', `the topics cannot be read from the log: ${String(error)}`);
      this.#runtime.clock.after(readRetryMs, () => this.onArrival(topicConfigTopic));
    });
  }

  /** On the master. Calls `done` once: success when the change is in force here and cannot be lost any more. */
  change(record: TopicRecord, done: (answer: TopicChangeAnswer) => void): void {
    const admission = this.#ha.admission();
    if (!admission.ok) {
      done({
        code: ResponseCode.SYSTEM_ERROR,
        remark: `in-sync replicas not enough: ${admission.inSync} are in sync`,
      });
      return;
    }
    const topic = record.kind === 'put' ? record.config.topicName : record.topic;
    const result = this.#store.append([this.#draft(topic, encodeTopicRecord(record))]);
    if (result.kind === 'refused') {
      done({ code: refusalCodes[result.reason], remark: result.detail });
      return;
    }
    const deadlineMs = this.#runtime.clock.monotonicMs() + this.#options.changeTimeoutMs;
    const { queueOffset, endOffset } = result;
    this.#ha.waitForConfirm(endOffset, deadlineMs, (outcome) => {
      const answer = putAnswer(outcome, this.#store.durableOffset() >= endOffset);
      if (answer.code === ResponseCode.SUCCESS) this.#whenApplied(queueOffset, () => done(answer));
      else done(answer);
    });
  }

  #whenApplied(queueOffset: number, done: () => void): void {
    if (this.#table.nextQueueOffset() > queueOffset) done();
    else this.#waiting.push({ queueOffset, done });
  }

  #draft(topic: string, body: Uint8Array) {
    return {
      topic: topicConfigTopic,
      queueId: 0,
      flag: 0,
      sysFlag: 0,
      bornTimestamp: this.#runtime.clock.wallMs(),
      bornHost: this.#options.storeHost,
      reconsumeTimes: 0,
      preparedTransactionOffset: 0,
      properties: encodeProperties([['KEYS', topic]]),
      body,
    };
  }

  #queueMaxOffset(): number {
    return this.#store.queueMaxOffset(topicConfigTopic, 0);
  }

  async #readAll(): Promise<void> {
    this.#isReading = true;
    try {
      while (!this.#isStopped && this.#table.nextQueueOffset() < this.#queueMaxOffset()) {
        await this.#readSome();
      }
    } finally {
      this.#isReading = false;
    }
  }

  async #readSome(): Promise<void> {
    const queueOffset = this.#table.nextQueueOffset();
    const found = await this.#store.getMessages({
      topic: topicConfigTopic,
      queueId: 0,
      queueOffset,
      countMax: batchCountMax,
      bytesMax: batchBytesMax,
    });
    for (const bytes of found.records) {
      const message = decodeMessage(bytes);
      this.#table.apply(decodeTopicRecord(message.body), {
        queueOffset: message.queueOffset,
        endPhysicalOffset: message.physicalOffset + message.size,
        timestamp: message.storeTimestamp,
      });
    }
    if (this.#table.nextQueueOffset() === queueOffset) {
      throw new Error(`record ${queueOffset} of ${topicConfigTopic} is not to be had: ${found.status}`);
    }
    for (const listener of this.#changeListeners) listener();
    this.#answerWaiting();
    this.#saveSoon();
  }

  #answerWaiting(): void {
    const applied = this.#table.nextQueueOffset();
    for (const change of this.#waiting.splice(0)) {
      if (change.queueOffset < applied) change.done();
      else this.#waiting.push(change);
    }
  }

  #saveSoon(): void {
    if (this.#isSavePlanned) return;
    this.#isSavePlanned = true;
    this.#runtime.clock.after(snapshotDelayMs, () => {
      if (this.#isStopped) return;
      if (this.#isSaving) {
        this.#isSavePlanned = false;
        this.#saveSoon();
        return;
      }
      void this.#save().then(undefined, (error: unknown) => {
        // The log has the topics; the snapshot only saves time at the next start.
        this.#runtime.trace.log('warn', `${this.#options.snapshotPath} is not saved: ${String(error)}`);
      });
    });
  }

  async #save(): Promise<void> {
    this.#isSaving = true;
    this.#isSavePlanned = false;
    try {
      await replaceFile(this.#runtime.disk, this.#options.snapshotPath, encodeSnapshot(this.#table));
    } finally {
      this.#isSaving = false;
    }
  }
}
