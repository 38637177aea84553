/** The number by which a queue entry carries a message's tag: consumers' filters compare it before they compare the tag. */
import { readProperty } from './message-properties.ts';

/** java.lang.String.hashCode: over UTF-16 units, wrapping at 32 bits. */
export function javaHashCode(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index += 1)
    hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0;
  return hash;
}

/** 0 when there is no tag. */
export function tagsCodeOf(properties: string): number {
  const tags = readProperty(properties, 'TAGS');
  return tags === undefined ? 0 : javaHashCode(tags);
}
