import { indexAt } from '../../../cluster/ha/epoch-list.ts';
import type { Frame, Replica } from './replica.ts';
import type { World } from './world.ts';

/** The master sends at once what its slaves do not have yet. */
export function pumped(world: World, master: Replica): World {
  if (master.role.kind !== 'master') return world;
  const { masterEpoch } = master.role;
  const links = world.links.map((link) => {
    const isOwn = link?.masterBrokerId === master.brokerId && link.masterEpoch === masterEpoch;
    if (link === undefined || !isOwn || link.isLeft || link.sentOffset === undefined) return link;
    if (link.sentOffset >= master.log.length) return link;
    const frames: Frame[] = [...link.frames];
    for (let offset = link.sentOffset; offset < master.log.length; offset += 1) {
      const entry = master.epochs[indexAt(master.epochs, offset)];
      if (entry === undefined) continue;
      frames.push({
        offset,
        message: master.log[offset] ?? -1,
        epoch: entry.epoch,
        epochStartOffset: entry.startOffset,
        confirmOffset: master.confirmOffset,
      });
    }
    return { ...link, frames, sentOffset: master.log.length };
  });
  return { ...world, links };
}
