/** What the broker's processors need of the message store. */
import type { AppendResult } from '../store/append-result.ts';
import type { GetQuery, GetResult } from '../store/get-messages.ts';
import type { MessageDraft } from '../store/message-draft.ts';

export interface BrokerStore {
  append(drafts: readonly MessageDraft[]): AppendResult;
  minOffset(): number;
  maxOffset(): number;
  durableOffset(): number;
  confirmOffset(): number;
  getMessages(query: GetQuery): Promise<GetResult>;
  queueMinOffset(topic: string, queueId: number): number;
  /** Confirmed: what consumers may read. */
  queueMaxOffset(topic: string, queueId: number): number;
  state():
    | { readonly kind: 'ok' }
    | { readonly kind: 'disk-full' }
    | { readonly kind: 'failed'; readonly error: Error };
}

/** What they need of the HA service. */
export interface BrokerHa {
  admission(): { readonly ok: true } | { readonly ok: false; readonly inSync: number };
  waitForConfirm(
    nextOffset: number,
    deadlineMs: number,
    done: (outcome: 'ok' | 'timeout' | 'not-enough-replicas' | 'role-changed') => void,
  ): void;
  readRound(timeoutMs: number, done: (ok: boolean) => void): void;
  tailReadable(): boolean;
}
