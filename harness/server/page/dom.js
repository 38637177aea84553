// Elements without markup, and figures as people read them (as words.ts has them).

/** Properties are set, so that no text of a run is ever read as markup. */
export function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  for (const child of children.flat()) if (child !== undefined) made.append(child);
  return made;
}

/** Writes only what is new: a screen reader is told once. */
export function setText(id, text) {
  const place = document.getElementById(id);
  if (place !== null && place.textContent !== text) place.textContent = text;
}

export const colour = (name) =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
export const isDark = () => matchMedia('(prefers-color-scheme: dark)').matches;
export const count = (number) => number.toLocaleString('en');

export function rate(perSecond) {
  return perSecond < 100 ? perSecond.toFixed(1) : count(Math.round(perSecond));
}

export function milliseconds(ms) {
  if (ms < 1) return `${ms.toFixed(2)} ms`;
  if (ms < 100) return `${ms.toFixed(1)} ms`;
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

export function duration(seconds) {
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}
