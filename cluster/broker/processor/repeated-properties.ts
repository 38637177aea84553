/** The properties of sends that follow one pattern: looked through once, then only the UNIQ_KEY is put in. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import type { EncodedProperties } from '../../message/encoded-properties.ts';
import { tagsCodeOf } from '../../message/tags-code.ts';
import type { RepeatedSend, SendPattern } from '../../remoting/header/send-pattern.ts';
import { readSendProperties, type SendProperties } from '../send-properties.ts';

interface Prepared {
  readonly pattern: SendPattern;
  readonly known: SendProperties;
  /** The next message's are written over the last one's. */
  readonly encoded: EncodedProperties;
  readonly keyAt: number;
}

export class RepeatedProperties {
  #prepared: Prepared | undefined;

  known(send: RepeatedSend): SendProperties {
    const { isWaitWanted, isTransaction, isDelayed } = this.#of(send.pattern).known;
    return { uniqueKey: send.uniqueKey, isWaitWanted, isTransaction, isDelayed };
  }

  /** Ended as every message's are. The bytes hold good until the next call. */
  encoded(send: RepeatedSend): EncodedProperties {
    const { encoded, keyAt } = this.#of(send.pattern);
    const { bytes } = encoded;
    const { uniqueKey } = send;
    for (let index = 0; index < uniqueKey.length; index += 1)
      bytes[keyAt + index] = uniqueKey.charCodeAt(index);
    return encoded;
  }

  #of(pattern: SendPattern): Prepared {
    const prepared = this.#prepared;
    return prepared?.pattern === pattern ? prepared : this.#prepare(pattern);
  }

  #prepare(pattern: SendPattern): Prepared {
    const { properties } = pattern.first;
    assert(!properties.includes('\0'), 'a pattern has no zero byte');
    const known = readSendProperties(properties);
    assert(known.uniqueKey === properties.slice(pattern.keyStart, pattern.keyEnd), 'its key is the first');
    const text = properties.endsWith('\u0002') ? properties : `${properties}\u0002`;
    const prepared = {
      pattern,
      known,
      encoded: { bytes: Buffer.from(text), tagsCode: tagsCodeOf(text) },
      keyAt: Buffer.byteLength(properties.slice(0, pattern.keyStart)),
    };
    this.#prepared = prepared;
    return prepared;
  }
}
