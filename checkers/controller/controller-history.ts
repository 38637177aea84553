/** What was seen of masters and epochs. */

export type ControllerOperation = {
  readonly call: number;
  /** Infinity when the outcome is not known. */
  readonly ret: number;
  /**
   * The node that says it, of its own log, in order. What a node learns it may learn late, so nothing is said of what was current for others
   * then; but it never learns of an older epoch after a newer one.
   */
  readonly observer?: string;
} & (
  | { readonly kind: 'elect'; readonly broker: string; readonly epoch: number }
  /** Somebody was told, or a broker itself said, who is master. */
  | { readonly kind: 'seen'; readonly broker: string; readonly epoch: number }
  /** A broker acknowledged a write under an epoch. */
  | { readonly kind: 'ack'; readonly broker: string; readonly epoch: number }
);
