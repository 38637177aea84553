/**
 * Which names a request may call the server by. A page of somebody else can make its own name lead to 127.0.0.1 and read what answers there (DNS
 * rebinding), so a server that only this machine may ask answers to this machine's names alone.
 */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** `header`: the Host header; `bound`: where the server listens. */
export function mayAsk(header: string | undefined, bound: string): boolean {
  if (!isLoopback(bound)) return true;
  const name = /^(\[[0-9a-f:]+\]|[^:]+)(?::\d+)?$/i.exec(header ?? '')?.[1] ?? '';
  return isLoopback(name.replace(/^\[|\]$/g, '').toLowerCase());
}
