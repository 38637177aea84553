/** Values compared by what they hold: primitives, arrays, plain objects, Map and Set; anything else by identity. */

export function structuralEqual(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one)) {
    if (!Array.isArray(other) || one.length !== other.length) return false;
    return one.every((item, index) => structuralEqual(item, other[index]));
  }
  if (one instanceof Map) {
    if (!(other instanceof Map) || one.size !== other.size) return false;
    for (const [key, value] of one)
      if (!other.has(key) || !structuralEqual(value, other.get(key))) return false;
    return true;
  }
  if (one instanceof Set) {
    if (!(other instanceof Set) || one.size !== other.size) return false;
    for (const item of one) if (!other.has(item)) return false;
    return true;
  }
  if (!isPlain(one) || !isPlain(other)) return false;
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  return keys.every((key) => Object.hasOwn(other, key) && structuralEqual(one[key], other[key]));
}

/** Equal values have equal hashes; Map, Set and objects whatever the order of their entries. */
export function structuralHash(value: unknown): number {
  switch (typeof value) {
    case 'number':
      return hashNumber(value);
    case 'string':
      return hashString(value);
    case 'boolean':
      return value ? 0x3c6ef372 : 0x1b873593;
    case 'bigint':
      return hashString(value.toString());
    case 'object':
      return value === null ? 0x165667b1 : hashObject(value);
    default:
      return 0x2545f491;
  }
}

function hashObject(value: object): number {
  if (Array.isArray(value)) {
    let hash = value.length;
    for (const item of value) hash = mix(hash, structuralHash(item));
    return hash;
  }
  let hash = 0x51ed270b;
  if (value instanceof Map) {
    for (const [key, item] of value) hash = (hash + mix(structuralHash(key), structuralHash(item))) | 0;
  } else if (value instanceof Set) {
    for (const item of value) hash = (hash + mix(1, structuralHash(item))) | 0;
  } else if (isPlain(value)) {
    for (const key of Object.keys(value))
      hash = (hash + mix(hashString(key), structuralHash(value[key]))) | 0;
  }
  return hash;
}

function isPlain(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

export function mix(hash: number, part: number): number {
  const mixed = Math.imul(hash ^ part, 0x85ebca6b);
  return Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35) ^ (mixed >>> 13);
}

function hashNumber(value: number): number {
  const whole = value | 0;
  if (whole === value) return mix(0x27d4eb2f, whole);
  return hashString(String(value));
}

export function hashString(text: string): number {
  let hash = text.length;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) + at;
  return mix(hash, text.length);
}
