/** What the servers of a cluster are called: brokers n1.., nameservers with controllers c1... */
export type ServerLetter = 'n' | 'c';

export function serverNames(letter: ServerLetter, count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `${letter}${at + 1}`);
}
