/** What the HA service needs of the message store. */

export interface HaStore {
  minOffset(): number;
  /** The end of what is appended. */
  maxOffset(): number;
  /** SYNC_FLUSH: all below is synced; ASYNC_FLUSH: all below was taken by the operating system. */
  durableOffset(): number;
  onDurable(listener: (durableOffset: number) => void): void;
  confirmOffset(): number;
  setConfirmOffset(offset: number): void;
  /** Called when everything below is dispatched: readable. */
  onConfirm(listener: (confirmOffset: number) => void): void;
  /** Whole records; never crosses `endOffset` nor the end of a file. */
  readRaw(physicalOffset: number, bytesMax: number, endOffset: number): Uint8Array | Promise<Uint8Array>;
  /** Whole records at the end of the log. In an empty log anywhere. */
  appendRaw(physicalOffset: number, bytes: Uint8Array): void;
  /** Durable when it resolves. */
  truncateTo(offset: number, options?: { readonly force?: boolean }): Promise<void>;
  state(): { readonly kind: string };
  /** What recovery found. */
  readonly recovered: { readonly recordedConfirmOffset: number; readonly maxOffset: number };
}
