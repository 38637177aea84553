/** What was seen of masters and epochs. */

export type ControllerOperation = {
  readonly call: number;
  /** Infinity when the outcome is not known. */
  readonly ret: number;
} & (
  | { readonly kind: 'elect'; readonly broker: string; readonly epoch: number }
  /** Somebody was told, or a broker itself said, who is master. */
  | { readonly kind: 'seen'; readonly broker: string; readonly epoch: number }
  /** A broker acknowledged a write under an epoch. */
  | { readonly kind: 'ack'; readonly broker: string; readonly epoch: number }
);
