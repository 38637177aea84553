/** Delay levels: a message with the property DELAY=n waits in SCHEDULE_TOPIC_XXXX, queue n-1, until its delivery time. */
import { readProperty } from './message-properties.ts';

export const SCHEDULE_TOPIC = 'SCHEDULE_TOPIC_XXXX';
export const DEFAULT_DELAY_LEVELS = '1s 5s 10s 30s 1m 2m 3m 4m 5m 6m 7m 8m 9m 10m 20m 30m 1h 2h';

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of level 1, 2, ...; undefined when the text is not a list of them. */
export function parseDelayLevels(text: string): readonly number[] | undefined {
  const levels: number[] = [];
  for (const word of text.trim().split(/\s+/)) {
    const match = /^(\d+)([smhd])$/.exec(word);
    const unit = UNIT_MS[match?.[2] ?? ''];
    if (match === null || unit === undefined) return undefined;
    levels.push(Number(match[1]) * unit);
  }
  return levels;
}

/** What stands in the queue entry of a delayed message in place of the tags code: the time of its delivery. */
export function deliverTime(
  properties: string,
  storeTimestamp: number,
  levelsMs: readonly number[],
): number | undefined {
  const level = Number(readProperty(properties, 'DELAY') ?? 0);
  if (!(level > 0)) return undefined;
  return storeTimestamp + (levelsMs[Math.min(level, levelsMs.length) - 1] ?? 0);
}
