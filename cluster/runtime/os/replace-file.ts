/** A file that another process reads at any time: it finds the old text or the new one, never a part. */
import { renameSync, writeFileSync } from 'node:fs';

export function replaceFile(path: string, text: string): void {
  writeFileSync(`${path}.draft`, text);
  renameSync(`${path}.draft`, path);
}
