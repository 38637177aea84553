/** How a check is done and when it gives up. */
export interface CheckOptions {
  /** `fast` (default) decides; `compat` visits exactly the configurations that Porcupine visits, in its order, to compare with it. */
  readonly engine?: 'fast' | 'compat';
  /** Unknown after this long. Kept as long as no single step of the model takes longer; a check in workers (`checkOperationsAsync`) keeps it even then. */
  readonly timeoutMs?: number;
  /** Unknown once the search holds about this many bytes. */
  readonly memoryBytesMax?: number;
  /** Unknown after this many steps: the same on every machine. */
  readonly stepsMax?: number;
  /** Unknown (`aborted`) once it is aborted. */
  readonly signal?: AbortSignal;
  /** Collects, for every operation, the longest order found that holds it, and does not stop at the first illegal key (Porcupine's verbose mode). Otherwise only the longest of all. */
  readonly verbose?: boolean;
  /** Called about every 50 ms of search. */
  readonly onProgress?: (progress: Progress) => void;
}

/** How far a check has come. */
export interface Progress {
  /** Of all keys, as in the result. */
  readonly steps: number;
  readonly configurations: number;
  readonly partitionsDone: number;
  readonly partitions: number;
  readonly elapsedMs: number;
}
