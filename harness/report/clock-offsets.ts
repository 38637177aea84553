/** How far each node's wall clock was from the truth, as its trace tells: for runs in which clocks were moved. */
import type { TraceEvent } from '../../checkers/history/replica-observation.ts';

export interface ReportClock {
  readonly node: string;
  /** Milliseconds of the run, rising. */
  readonly at: readonly number[];
  /** Milliseconds; null where the node was down: no line leads over that. */
  readonly offset: readonly (number | null)[];
}

interface Point {
  readonly at: number;
  readonly offset: number | null;
}

/** Of nodes that told their clocks, by name. */
export function clockOffsets(trace: readonly TraceEvent[], startWallMs: number): readonly ReportClock[] {
  const byNode = new Map<string, { points: Point[]; life: unknown }>();
  for (const { time, node, event, wall, life } of trace) {
    if (event !== 'clock' || typeof wall !== 'number') continue;
    const known = byNode.get(node) ?? { points: [], life };
    byNode.set(node, known);
    const at = time / 1e6;
    if (known.life !== life) known.points.push({ at, offset: null });
    known.life = life;
    known.points.push({ at, offset: Math.round(wall - startWallMs - at) });
  }
  return [...byNode]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([node, { points }]) => {
      const corners = points.filter(
        ({ offset }, place) => points[place - 1]?.offset !== offset || points[place + 1]?.offset !== offset,
      );
      return {
        node,
        at: corners.map(({ at }) => Math.round(at * 10) / 10),
        offset: corners.map(({ offset }) => offset),
      };
    });
}
