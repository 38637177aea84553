/** One register: single values that are written, read, and replaced by compare-and-set. Null is what it holds before anything was written. */
import type { Interval } from '../history/interval.ts';

export type RegisterValue = string | number | null;

export type RegisterOperation = Interval &
  (
    | { readonly f: 'write'; readonly value: RegisterValue }
    | { readonly f: 'read'; readonly value: RegisterValue }
    /** `matched`: false when the answer was that the register held something else; undefined when there was no answer. */
    | {
        readonly f: 'cas';
        readonly from: RegisterValue;
        readonly to: RegisterValue;
        readonly matched: boolean | undefined;
      }
  ) & {
    /** Surely without effect. */
    readonly failed?: boolean;
  };

export interface RegisterHistory {
  readonly register: string;
  readonly operations: readonly RegisterOperation[];
}

/** What the operation leaves in the register. */
export function written(operation: RegisterOperation): RegisterValue | undefined {
  if (operation.f === 'write') return operation.value;
  return operation.f === 'cas' ? operation.to : undefined;
}
