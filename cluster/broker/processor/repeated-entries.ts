/** The properties of a batch's messages mostly differ in their UNIQ_KEY alone: those of the first are looked through, the others compared with them. */
import assert from 'node:assert/strict';
import { KnownBytes } from '../../bytes/known-bytes.ts';
import type { ReceivedEntry } from '../../message/batch-body.ts';
import type { EncodedProperties } from '../../message/encoded-properties.ts';
import { tagsCodeOf } from '../../message/tags-code.ts';
import { startOfUniqueKey } from '../../remoting/header/send-pattern.ts';
import { readSendProperties, type SendProperties } from '../send-properties.ts';

/** Properties that may go into the record as they are. */
export interface WholeProperties {
  readonly known: SendProperties;
  readonly encoded: EncodedProperties;
}

interface Pattern {
  readonly fixed: KnownBytes;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly known: SendProperties;
  readonly tagsCode: number;
}

const valueEnd = '\u0002';
const blank = 32;
const tilde = 126;

export class RepeatedEntries {
  #pattern: Pattern | undefined;

  /**
   * Undefined where something has to be added or looked at first, which is for the ordinary way. The bytes are views into the
   * request; the key in `known` is that of another message.
   */
  of(entry: ReceivedEntry): WholeProperties | undefined {
    const pattern = this.#pattern;
    if (pattern !== undefined && matches(pattern, entry)) return whole(pattern, entry);
    const learned = patternOf(entry);
    if (learned === undefined) return undefined;
    this.#pattern = learned;
    return whole(learned, entry);
  }
}

function whole({ known, tagsCode }: Pattern, entry: ReceivedEntry): WholeProperties {
  return { known, encoded: { bytes: entry.propertiesBytes, tagsCode } };
}

function matches(pattern: Pattern, { view, propertiesStart, propertiesLength }: ReceivedEntry): boolean {
  const { fixed, keyStart, keyEnd } = pattern;
  if (propertiesLength !== fixed.length || !fixed.isAt(view, propertiesStart)) return false;
  for (let at = keyStart; at < keyEnd; at += 1)
    if (!isPlain(view.getUint8(propertiesStart + at))) return false;
  return true;
}

function patternOf(entry: ReceivedEntry): Pattern | undefined {
  const text = entry.properties;
  const isWhole = text.length === entry.propertiesLength && text.endsWith(valueEnd) && !text.includes('\0');
  if (!isWhole) return undefined;
  const keyStart = startOfUniqueKey(text);
  if (keyStart === -1) return undefined;
  const keyEnd = text.indexOf(valueEnd, keyStart);
  if (keyEnd === keyStart) return undefined;
  for (let at = keyStart; at < keyEnd; at += 1) if (!isPlain(text.charCodeAt(at))) return undefined;
  const known = readSendProperties(text);
  assert(known.uniqueKey === text.slice(keyStart, keyEnd), 'its key is the first');
  const spans = [
    { start: 0, end: keyStart },
    { start: keyEnd, end: text.length },
  ];
  return {
    fixed: new KnownBytes(entry.propertiesBytes, spans),
    keyStart,
    keyEnd,
    known,
    tagsCode: tagsCodeOf(text),
  };
}

/** Of one byte, and no part of the pairs' frame. */
function isPlain(unit: number): boolean {
  return unit > blank && unit <= tilde;
}
