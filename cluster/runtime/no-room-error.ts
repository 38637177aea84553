/** A write that the disk refused for want of room, before any sync was tried: nothing is unknown, and it may be tried again. */
import { DiskError } from './disk.ts';

export class NoRoomError extends DiskError {
  constructor(cause: DiskError) {
    super(cause.code, cause.path, cause.message, { cause });
  }
}

/** For writes that were not yet synced: a failed sync must stay what it is, since nobody knows what it left. */
export async function beforeSync<T>(written: Promise<T>): Promise<T> {
  try {
    return await written;
  } catch (error) {
    throw error instanceof DiskError && error.code === 'ENOSPC' ? new NoRoomError(error) : error;
  }
}
