/**
 * A Toxiproxy for machines that have none: the HTTP API and the toxics of Shopify/toxiproxy 2.x, held to the Go server by
 * the conformance tests beside this folder.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiError, apiErrors } from './api-error.ts';
import { type ApiAnswer, type ApiRoute, apiRoutes } from './api-routes.ts';
import { showBound } from './listen-address.ts';
import { ProxyCollection } from './proxy-collection.ts';

/** A populate of 10,000 proxies fits well. */
const bodyBytesMax = 16 * 1024 * 1024;

const routes = apiRoutes.map((route) => ({
  route,
  pattern: new RegExp(`^${route.path.replaceAll(/\{\w+\}/g, '([^/]+)')}$`),
}));

export class ToxiproxyServer {
  readonly #proxies = new ProxyCollection();
  readonly #http: Server;

  constructor() {
    this.#http = createServer((request, response) => {
      void this.#serve(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
    // A driver keeps its connections for the length of a run, and may be silent between two faults.
    this.#http.keepAliveTimeout = 10 * 60_000;
  }

  /** Resolves with "host:port". */
  listen(host: string, port: number): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#http.once('error', reject);
      this.#http.listen({ host, port, exclusive: true }, () => {
        this.#http.off('error', reject);
        resolve(showBound(this.#http.address() as AddressInfo));
      });
    });
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#http.close(() => resolve()));
    this.#http.closeAllConnections();
    await closed;
    await this.#proxies.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const matching = routes.filter(({ pattern }) => pattern.test(path));
    if (matching.length === 0) return text(response, 404, '404 page not found');
    const match = matching.find(({ route }) => route.methods.includes(request.method ?? ''));
    if (match === undefined) return void response.writeHead(405).end();
    // The Go server's guard against pages that drive it from a browser.
    if (request.headers['user-agent']?.startsWith('Mozilla/')) {
      return text(response, 403, 'User agent not allowed');
    }
    const names = (match.pattern.exec(path) ?? []).slice(1).map(decodeURIComponent);
    await this.#answer(match.route, names, request, response);
  }

  async #answer(
    route: ApiRoute,
    names: readonly string[],
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    let answer: ApiAnswer;
    try {
      answer = await route.answer(this.#proxies, names, await bodyOf(request));
    } catch (error) {
      const told = error instanceof ApiError ? error : apiErrors.internal(String(error));
      // Go's http.Error calls it text, though it is JSON.
      text(response, told.status, JSON.stringify(told.toJson()));
      return;
    }
    if (answer.json === undefined) {
      response.writeHead(answer.status).end();
      return;
    }
    response
      .writeHead(answer.status, { 'content-type': 'application/json' })
      .end(JSON.stringify(answer.json));
  }
}

function text(response: ServerResponse, status: number, line: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${line}\n`);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    parts.push(part as Buffer);
    bytes += (part as Buffer).length;
    if (bytes > bodyBytesMax) throw apiErrors.badRequestBody(`longer than ${bodyBytesMax} bytes`);
  }
  return Buffer.concat(parts).toString('utf8');
}
