/** One operation of a load that was written down, instead of drawn from the seed. */
export interface ScriptedOperation {
  /** From the start of the load. */
  readonly atMs: number;
  /** The logical process; one that hung is followed by its successors. */
  readonly process: number;
  readonly f: 'send' | 'pull' | 'max-offset';
  readonly queueId: number;
  /** Of a pull: so many offsets before the end as the process knows it; 0 is a claim about the tail. */
  readonly back?: number;
}
