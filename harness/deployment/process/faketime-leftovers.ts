/** libfaketime names a piece of shared memory and a semaphore after each process, and takes them away only when that ends by itself. */
import { rmSync } from 'node:fs';

export function removeFaketimeLeftovers(pid: number): void {
  for (const name of [`faketime_shm_${pid}`, `sem.faketime_sem_${pid}`]) {
    rmSync(`/dev/shm/${name}`, { force: true });
  }
}
