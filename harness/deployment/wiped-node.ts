/** A node that starts anew with an empty disk. */
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatProperties } from '../../cluster/runtime/properties.ts';
import type { Host } from '../../nemeses/nemesis.ts';
import type { NodeFiles } from './deployment.ts';
import { rejoiningProperties } from './node-properties.ts';

/** The id of its controller from its wipe number `wipes` on; '' for a broker, which the controllers number. */
export function idAfterWipe({ kind, name }: Host, wipes: number): string {
  return kind === 'controller' ? `${name}.${wipes + 1}` : '';
}

/** What it starts with then. */
export function propertiesAfterWipe(
  properties: ReadonlyMap<string, string>,
  id: string,
): ReadonlyMap<string, string> {
  return id === '' ? properties : rejoiningProperties(properties, id);
}

/** On the harness's own disk. The folder itself stays: it may be mounted, or be where the node will work. */
export function wipeFolder(
  { dataFolder }: NodeFiles,
  propertiesFile: string,
  properties: ReadonlyMap<string, string>,
): void {
  for (const name of readdirSync(dataFolder))
    rmSync(join(dataFolder, name), { recursive: true, force: true });
  writeFileSync(propertiesFile, formatProperties(properties));
}
