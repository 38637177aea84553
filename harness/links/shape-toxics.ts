/** A link's shape as toxics, in the order of the chain. */
import type { LinkShape } from '../../nemeses/nemesis.ts';
import type { ToxicSpec } from './toxiproxy-client.ts';

export function shapeToxics(shape: LinkShape): readonly ToxicSpec[] {
  const { latencyMs, jitterMs = 0, bytesPerMs, crumbBytes, crumbGapMs = 0, limitBytes, resetPercent } = shape;
  const toxics: ToxicSpec[] = [];
  if (latencyMs !== undefined) {
    // Toxiproxy's jitter goes to both sides, ours is only ever more.
    const jitter = Math.floor(jitterMs / 2);
    toxics.push({ type: 'latency', attributes: { latency: latencyMs + jitter, jitter } });
  }
  // Its kilobyte has 1000 bytes.
  if (bytesPerMs !== undefined) toxics.push({ type: 'bandwidth', attributes: { rate: bytesPerMs } });
  if (crumbBytes !== undefined) {
    const attributes = {
      average_size: crumbBytes,
      size_variation: Math.floor(crumbBytes / 2),
      delay: crumbGapMs * 1000,
    };
    toxics.push({ type: 'slicer', attributes });
  }
  if (limitBytes !== undefined) toxics.push({ type: 'limit_data', attributes: { bytes: limitBytes } });
  if (resetPercent !== undefined) {
    toxics.push({ type: 'reset_peer', attributes: { timeout: 0 }, toxicity: resetPercent / 100 });
  }
  return toxics;
}
