// Reads what columns.ts wrote: the facts of the header, and the columns as arrays.

/** @returns {Promise<{ facts: object, column: (name: string) => any }>} */
export async function unpack(element) {
  const binary = atob(element.textContent.trim());
  let bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  if (element.dataset.packing === 'gzip') {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  }
  const headerLength = new DataView(bytes.buffer).getUint32(0);
  const facts = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + headerLength)));
  const column = (name) => {
    const [kind, first, length] = facts.columns[name] ?? [];
    if (kind === undefined) return undefined;
    const from = 4 + headerLength + first;
    const own = bytes.subarray(from, from + length);
    if (kind === 'texts') return JSON.parse(new TextDecoder().decode(own));
    if (kind === 'float') return new Float64Array(own.slice().buffer);
    return numbersOf(own, kind === 'delta');
  };
  return { facts, column };
}

function numbersOf(bytes, isDelta) {
  let count = 0;
  for (const byte of bytes) if (byte < 128) count += 1;
  const numbers = new Float64Array(count);
  let before = 0;
  for (let at = 0, index = 0; index < count; index += 1) {
    let number = 0;
    let factor = 1;
    while (bytes[at] >= 128) {
      number += (bytes[at] - 128) * factor;
      factor *= 128;
      at += 1;
    }
    number += bytes[at] * factor;
    at += 1;
    if (isDelta) {
      const half = Math.floor(number / 2);
      before += number % 2 === 0 ? half : -half - 1;
      number = before;
    }
    numbers[index] = number;
  }
  return numbers;
}
