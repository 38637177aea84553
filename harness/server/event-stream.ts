/** One client of server-sent events. */
import type { ServerResponse } from 'node:http';
import { ownHeaders } from './response-headers.ts';

const againMs = 1000;
/** Proxies and browsers end what is silent. */
const stillHereMs = 15_000;
/** A client that does not read is let go; it comes back by itself. */
const unreadBytesMax = 8 * 1024 * 1024;

export class EventStream {
  readonly #response: ServerResponse;
  readonly #timer: NodeJS.Timeout;

  constructor(response: ServerResponse) {
    this.#response = response;
    response.writeHead(200, {
      ...ownHeaders('text/event-stream; charset=utf-8'),
      Connection: 'keep-alive',
      'X-Accel-Buffering': 'no',
    });
    response.write(`retry: ${againMs}\n\n`);
    this.#timer = setInterval(() => response.write(': still here\n\n'), stillHereMs);
    this.#timer.unref();
    response.on('close', () => clearInterval(this.#timer));
    response.on('error', () => undefined);
  }

  get isOpen(): boolean {
    return !this.#response.writableEnded && !this.#response.destroyed;
  }

  send(event: string, data: unknown): void {
    if (!this.isOpen) return;
    if (this.#response.writableLength > unreadBytesMax) this.#response.destroy();
    else this.#response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  onClose(listener: () => void): void {
    this.#response.on('close', listener);
  }

  /** Nothing comes any more: the page need not come back. */
  over(): void {
    this.send('over', {});
    this.end();
  }

  end(): void {
    clearInterval(this.#timer);
    this.#response.end();
  }
}
