/** A message's properties. In records and requests they are one string: (name 0x01 value 0x02)*. */

const NAME_END = '\u0001';
const VALUE_END = '\u0002';

export function encodeProperties(properties: Iterable<readonly [string, string]>): string {
  let text = '';
  for (const [name, value] of properties) text += name + NAME_END + value + VALUE_END;
  return text;
}

/** Lenient as Java is: the last 0x02 may be missing, and pairs without a value are left out. */
export function decodeProperties(text: string): Map<string, string> {
  const properties = new Map<string, string>();
  let at = 0;
  while (at < text.length) {
    const found = text.indexOf(VALUE_END, at);
    const end = found === -1 ? text.length : found;
    const nameEnd = text.indexOf(NAME_END, at);
    if (nameEnd !== -1 && nameEnd > at && nameEnd + 1 < end) {
      properties.set(text.slice(at, nameEnd), text.slice(nameEnd + 1, end));
    }
    at = end + 1;
  }
  return properties;
}

/** One property without decoding the others; undefined when missing or empty. */
export function readProperty(text: string, name: string): string | undefined {
  const wanted = name + NAME_END;
  let at = text.startsWith(wanted) ? 0 : text.indexOf(VALUE_END + wanted) + 1;
  if (at === 0 && !text.startsWith(wanted)) return undefined;
  at += wanted.length;
  const end = text.indexOf(VALUE_END, at);
  const value = text.slice(at, end === -1 ? text.length : end);
  return value === '' ? undefined : value;
}
