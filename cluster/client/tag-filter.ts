/** Which messages a subscription of tags wants: brokers select by a hash of the tag, so the exact tag is compared here. */
import { readProperty } from '../message/message-properties.ts';
import type { StoredMessage } from '../message/stored-message.ts';

/** `subscription`: "*", or tags with "||" between them. */
export function tagFilter(subscription: string): (message: StoredMessage) => boolean {
  const tags = new Set(
    subscription
      .split('||')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ''),
  );
  if (tags.size === 0 || tags.has('*')) return () => true;
  return (message) => tags.has(readProperty(message.properties, 'TAGS') ?? '');
}
