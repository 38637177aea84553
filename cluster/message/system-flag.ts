/** The bits of a record's sysFlag that the broker reads (RocketMQ's MessageSysFlag). */

export const SystemFlag = {
  compressed: 0x1,
  transactionMask: 0xc,
  transactionNone: 0,
  transactionPrepared: 0x4,
  transactionCommit: 0x8,
  transactionRollback: 0xc,
  bornHostV6: 0x10,
  storeHostV6: 0x20,
} as const;

/** Half messages and their roll-backs have no place in a queue: their queue offset is 0 and no ConsumeQueue names them. */
export function hasQueueOffset(sysFlag: number): boolean {
  const transaction = sysFlag & SystemFlag.transactionMask;
  return transaction === SystemFlag.transactionNone || transaction === SystemFlag.transactionCommit;
}
