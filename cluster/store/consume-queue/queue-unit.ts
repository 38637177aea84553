/** An entry of a ConsumeQueue: int64 physicalOffset | int32 size | int64 tags code. */

export const UNIT_BYTES = 20;
/** What stands before the first entry of a queue that does not begin at a file's start. */
export const FILLER_SIZE = 0x7fffffff;
