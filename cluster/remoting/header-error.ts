/** A request or response whose header lacks a field or holds a wrong one. */

export class HeaderError extends Error {
  override readonly name = 'HeaderError';
  /** The header's RocketMQ name: SendMessageRequestHeaderV2. */
  readonly header: string;
  readonly field: string;
  readonly wanted: string;
  /** Undefined: the field is missing. */
  readonly got: string | undefined;
  constructor(header: string, field: string, wanted: string, got: string | undefined) {
    const came = got === undefined ? 'it is missing' : `got ${JSON.stringify(got.slice(0, 80))}`;
    super(`${header}.${field}: wanted ${wanted}, ${came}`);
    this.header = header;
    this.field = field;
    this.wanted = wanted;
    this.got = got;
  }
}
