/**
 * Java properties text, as RocketMQ's configuration files use it.
 *
 * line = blank | ('#' | '!') comment | key separator value; separator = ['='|':'] with blanks around it, or blanks alone.
 * A line that ends in an odd number of backslashes goes on in the next one. Escapes: \t \n \r \f \uXXXX, and \c for any other c.
 */

export interface Property {
  readonly key: string;
  readonly value: string;
  /** 1-based, of the line where the key stands. */
  readonly line: number;
}

/**
 * Never fails: what Java's loader swallows is swallowed here. The XML licence block that opens some of RocketMQ's sample files is taken for
 * the comment it is meant to be, not for keys named "Licensed" and "to".
 */
export function parseProperties(text: string): readonly Property[] {
  const properties: Property[] = [];
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  let insideXmlComment = false;
  for (let index = 0; index < lines.length; index += 1) {
    const firstLine = index + 1;
    let logical = (lines[index] ?? '').trimStart();
    if (insideXmlComment || logical.startsWith('<!--')) {
      insideXmlComment = !logical.includes('-->');
      continue;
    }
    if (logical === '' || logical.startsWith('#') || logical.startsWith('!')) continue;
    while (endsInContinuation(logical) && index + 1 < lines.length) {
      index += 1;
      logical = logical.slice(0, -1) + (lines[index] ?? '').trimStart();
    }
    if (endsInContinuation(logical)) logical = logical.slice(0, -1);
    const { key, value } = splitKeyFromValue(logical);
    properties.push({ key: unescapeText(key), value: unescapeText(value), line: firstLine });
  }
  return properties;
}

/** `key=value` lines that `parseProperties` reads back; only what must be escaped is. */
export function formatProperties(entries: Iterable<readonly [string, string]>): string {
  let text = '';
  for (const [key, value] of entries) text += `${key}=${escapeValue(value)}\n`;
  return text;
}

function endsInContinuation(line: string): boolean {
  let backslashes = 0;
  while (line.charAt(line.length - 1 - backslashes) === '\\') backslashes += 1;
  return backslashes % 2 === 1;
}

function splitKeyFromValue(line: string): { key: string; value: string } {
  let keyEnd = 0;
  while (keyEnd < line.length && !/[\s=:]/.test(line.charAt(keyEnd))) {
    keyEnd += line.charAt(keyEnd) === '\\' ? 2 : 1;
  }
  const rest = line.slice(keyEnd).replace(/^\s*[=:]?\s*/, '');
  return { key: line.slice(0, keyEnd), value: rest };
}

const escapedCharacters: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

function unescapeText(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(
    /\\(?:u([0-9a-fA-F]{4})|([\s\S]))/g,
    (_match, unit: string | undefined, other: string) =>
      unit === undefined
        ? (escapedCharacters[other] ?? other)
        : String.fromCharCode(Number.parseInt(unit, 16)),
  );
}

function escapeValue(value: string): string {
  return value
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replace(/^[ \t]/, (blank) => `\\${blank}`);
}
