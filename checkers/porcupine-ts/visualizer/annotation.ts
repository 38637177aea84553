/** Texts that stand beside the operations. */
import type { Time } from '../operation.ts';

/** A text at a moment, or over a stretch of time (a fault, a deployment). Times are in the history's own unit. */
export type Annotation = {
  readonly label: string;
  /** Shown when pointed at. */
  readonly details?: string;
  /** Any CSS colour. */
  readonly colour?: string;
} & ({ readonly at: Time } | { readonly from: Time; readonly to: Time });
