/** All kinds of toxics, by the name the HTTP API uses. `down` is no toxic there: it is a proxy with enabled=false. */
import type { ToxicKind } from './toxic-kind.ts';
import { bandwidthToxic } from './toxics/bandwidth-toxic.ts';
import { latencyToxic } from './toxics/latency-toxic.ts';
import { limitDataToxic } from './toxics/limit-data-toxic.ts';
import { noopToxic } from './toxics/noop-toxic.ts';
import { resetPeerToxic } from './toxics/reset-peer-toxic.ts';
import { slicerToxic } from './toxics/slicer-toxic.ts';
import { slowCloseToxic } from './toxics/slow-close-toxic.ts';
import { timeoutToxic } from './toxics/timeout-toxic.ts';

export const toxicKinds: ReadonlyMap<string, ToxicKind> = new Map(
  [
    bandwidthToxic,
    latencyToxic,
    limitDataToxic,
    noopToxic,
    resetPeerToxic,
    slicerToxic,
    slowCloseToxic,
    timeoutToxic,
  ].map((kind) => [kind.type, kind]),
);
