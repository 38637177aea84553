/** What stands in a page that `visualize` wrote. */
import { gunzipSync } from 'node:zlib';

export interface WrittenPage {
  readonly facts: {
    readonly title: string;
    readonly verdict: string;
    readonly total: number;
    readonly drawn: number;
    readonly before: number;
    readonly after: number;
    readonly sentence: string;
    readonly base: number | string;
    readonly core: readonly number[];
    readonly annotations: readonly { readonly label: string; readonly from: number; readonly to?: number }[];
  };
  /** Read as the page reads it. */
  column(name: string): ArrayLike<number>;
  texts(name: string): readonly string[];
}

interface Unpacking {
  unpack(element: { textContent: string; dataset: { packing: string } }): Promise<{
    facts: WrittenPage['facts'];
    column(name: string): never;
  }>;
}

/** By the page's own reader, loaded from its source. */
export async function writtenPage(html: string, reader: URL): Promise<WrittenPage> {
  const [, packing = '', data = ''] = /data-packing="(\w+)">([^<]*)</.exec(html) ?? [];
  const { unpack } = (await import(reader.href)) as Unpacking;
  const plain = packing === 'gzip' ? gunzipSync(Buffer.from(data, 'base64')).toString('base64') : data;
  const { facts, column } = await unpack({ textContent: plain, dataset: { packing: 'none' } });
  return { facts, column, texts: column };
}
