/** Figures and times as people read them; the same everywhere on these pages. */

const minute = 60;
const hour = 3600;

/** '820 ms', '5.6 s', '3 min 20 s', '2 h 5 min'. */
export function durationText(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < minute) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  if (seconds < hour) return `${Math.floor(seconds / minute)} min ${Math.floor(seconds % minute)} s`;
  return `${Math.floor(seconds / hour)} h ${Math.floor((seconds % hour) / minute)} min`;
}

/** '0.42 ms', '12.3 ms', '253 ms', '5.63 s'. */
export function millisecondsText(ms: number): string {
  if (ms < 1) return `${ms.toFixed(2)} ms`;
  if (ms < 100) return `${ms.toFixed(1)} ms`;
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

/** '1,403', '20.4'. */
export function rateText(perSecond: number): string {
  return perSecond < 100
    ? perSecond.toFixed(1)
    : Math.round(perSecond).toLocaleString('en', { useGrouping: true });
}

export function countText(count: number): string {
  return count.toLocaleString('en');
}

/** '2026-11-22 06:34:31'; UTC. */
export function timeText(ms: number): string {
  return ms <= 0 ? '' : new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}
