/** Properties as they stand in a record, with what a store wants to know of them: for hot paths. */
export interface EncodedProperties {
  /** UTF-8, without a zero byte. */
  readonly bytes: Uint8Array;
  readonly tagsCode: number;
}
