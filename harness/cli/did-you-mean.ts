/** Advice for a misspelt name. */
import leven from 'leven';

/** '; did you mean "x"?' when one of `known` is near enough to be meant, else ''. */
export function didYouMean(name: string, known: readonly string[]): string {
  const ranked = known
    .map((candidate) => ({ candidate, distance: leven(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  if (best === undefined || best.distance > Math.max(1, Math.floor(best.candidate.length / 3))) return '';
  return `; did you mean "${best.candidate}"?`;
}
