/** What a check and its workers say to each other. */
import type { CheckOptions, Progress } from '../check-options.ts';
import type { ModelSource } from '../model.ts';
import type { Operation } from '../operation.ts';
import type { CheckResult } from '../verdict.ts';

export interface Assignment {
  readonly model: ModelSource;
  readonly operations: readonly Operation[];
  readonly options: Omit<CheckOptions, 'signal' | 'onProgress'>;
  readonly reportsProgress: boolean;
}

export type Report =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'done'; readonly result: CheckResult }
  | { readonly kind: 'failed'; readonly message: string };
