/** `--toxiproxy`: which server carries the links. */
import { existsSync } from 'node:fs';
import { findToxiproxy } from './find-toxiproxy.ts';

export type ToxiproxyChoice =
  /** Shopify's where one is found, else the embedded one. */
  | { readonly kind: 'auto' }
  | { readonly kind: 'embedded' }
  /** Without a path: where `findToxiproxy` finds it. */
  | { readonly kind: 'binary'; readonly path: string | undefined }
  /** A container image that holds Shopify's server. */
  | { readonly kind: 'image'; readonly name: string }
  /** One that runs already. */
  | { readonly kind: 'url'; readonly url: string };

/** What a run starts itself. */
export type ToxiproxyServer =
  | { readonly kind: 'embedded' }
  | { readonly kind: 'binary'; readonly path: string };

export const toxiproxyForms = 'auto, embedded, binary, binary=PATH, image=NAME or url=URL';

/** Undefined when it has none of the forms. */
export function parseToxiproxyChoice(text: string): ToxiproxyChoice | undefined {
  if (text === 'auto' || text === 'embedded') return { kind: text };
  if (text === 'binary') return { kind: 'binary', path: undefined };
  const [, key, value = ''] = /^(binary|image|url)=(.+)$/.exec(text) ?? [];
  if (key === 'binary') return { kind: 'binary', path: value };
  if (key === 'image') return { kind: 'image', name: value };
  const url = key === 'url' ? value : text;
  return /^https?:\/\/./.test(url) ? { kind: 'url', url } : undefined;
}

/** The server for a choice that needs no image and no other server; throws with what to do where there is none. */
export function chosenServer(
  choice: Extract<ToxiproxyChoice, { readonly kind: 'auto' | 'embedded' | 'binary' }>,
  find: typeof findToxiproxy = findToxiproxy,
): ToxiproxyServer {
  if (choice.kind === 'embedded') return { kind: 'embedded' };
  if (choice.kind === 'binary' && choice.path !== undefined) {
    if (existsSync(choice.path)) return { kind: 'binary', path: choice.path };
    throw new Error(`--toxiproxy binary: there is no ${choice.path}`);
  }
  const found = find();
  if (found.kind === 'found') return { kind: 'binary', path: found.path };
  if (choice.kind === 'auto') return { kind: 'embedded' };
  throw new Error(`--toxiproxy binary: ${found.reason}; --toxiproxy embedded needs nothing`);
}

/** By its kind alone. */
export function serverOf(kind: 'embedded' | 'binary'): ToxiproxyServer {
  return chosenServer(kind === 'binary' ? { kind, path: undefined } : { kind });
}
