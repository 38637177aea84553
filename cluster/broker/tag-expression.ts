/** A consumer's tag filter: "*" or nothing for all, else tags between two pipes. The client compares the tags themselves again. */
import { javaHashCode } from '../message/tags-code.ts';

/** Undefined: every message matches. */
export function tagsCodesOf(expression: string | undefined): ReadonlySet<number> | undefined {
  const text = expression?.trim() ?? '';
  if (text === '' || text === '*') return undefined;
  const tags = text
    .split('||')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
  return tags.length === 0 ? undefined : new Set(tags.map(javaHashCode));
}
