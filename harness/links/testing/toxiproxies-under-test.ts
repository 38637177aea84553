/** The servers that the conformance suites are asked of, and what a test needs to ask. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe } from 'mocha';
import { startToxiproxy, type ToxiproxyProcess } from '../../deployment/process/toxiproxy-process.ts';
import { findToxiproxy } from '../find-toxiproxy.ts';
import { claimRunSlot, detectAddressForm } from '../run-slot.ts';
import { ToxiproxyServer } from '../toxiproxy/toxiproxy-server.ts';
import { serverOf } from '../toxiproxy-choice.ts';
import { type ToxicDirection, type ToxicSpec, ToxiproxyClient } from '../toxiproxy-client.ts';
import { TestListener, TestPeer } from './test-peers.ts';

interface Subject {
  readonly name: string;
  /** Undefined when it can be tested here. */
  readonly skipped?: string;
  start(): Promise<{ readonly url: string; stop(): Promise<void> }>;
}

const found = findToxiproxy();
const subjects: readonly Subject[] = [
  {
    name: 'embedded, in this process',
    async start() {
      const server = new ToxiproxyServer();
      const address = await server.listen('127.0.0.1', 0);
      return { url: `http://${address}`, stop: () => server.close() };
    },
  },
  { name: 'embedded, as a process', start: () => startProcess('embedded') },
  {
    name: "Shopify's",
    ...(found.kind === 'missing' ? { skipped: found.reason } : {}),
    start: () => startProcess('binary'),
  },
];

async function startProcess(choice: 'embedded' | 'binary') {
  const folder = mkdtempSync(join(tmpdir(), 'toxiproxy-'));
  const slot = await claimRunSlot(await detectAddressForm(), 200);
  let server: ToxiproxyProcess;
  try {
    server = await startToxiproxy(serverOf(choice), slot.api, {
      logFile: join(folder, 'log'),
      environment: {},
    });
  } catch (error) {
    await slot.release();
    throw error;
  }
  return {
    url: server.client.url,
    async stop() {
      await server.child.kill();
      await slot.release();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface ApiAnswer {
  readonly status: number;
  readonly text: string;
  readonly json: Record<string, unknown>;
}

/** One server under test, and a listener that stands behind its proxies. */
export class ToxiproxyUnderTest {
  readonly url: string;
  readonly client: ToxiproxyClient;
  readonly upstream: TestListener;
  #proxyCount = 0;

  constructor(url: string, upstream: TestListener) {
    this.url = url;
    this.client = new ToxiproxyClient(url);
    this.upstream = upstream;
  }

  /** Past the client: the HTTP API itself. */
  async ask(method: string, path: string, body?: unknown): Promise<ApiAnswer> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    let json: Record<string, unknown> = {};
    try {
      json = JSON.parse(text) as Record<string, unknown>;
    } catch {
      // Some answers are plain text.
    }
    return { status: response.status, text: text.trim(), json };
  }

  async refuses(
    method: string,
    path: string,
    body: unknown,
    status: number,
    error: string | RegExp,
  ): Promise<void> {
    const answer = await this.ask(method, path, body);
    assert.equal(answer.status, status, answer.text);
    assert.equal(answer.json['status'], status);
    if (typeof error === 'string') assert.equal(answer.json['error'], error);
    else assert.match(String(answer.json['error']), error);
  }

  /** A proxy of its own to the listener. */
  async proxy(): Promise<{ readonly name: string; readonly listen: string }> {
    this.#proxyCount += 1;
    const name = `p${this.#proxyCount}`;
    const listens = await this.client.populate([
      { name, listen: '127.0.0.1:0', upstream: this.upstream.address },
    ]);
    return { name, listen: listens.get(name) ?? '' };
  }

  /** A connection through the proxy: who dialled, and who was dialled. */
  async connection(listen: string): Promise<{ readonly near: TestPeer; readonly far: TestPeer }> {
    const near = await TestPeer.connect(listen);
    const far = await this.upstream.next();
    return { near, far };
  }

  /** A connection through a proxy that has the toxic already. */
  async poisoned(stream: ToxicDirection, spec: ToxicSpec) {
    const { name, listen } = await this.proxy();
    const toxic = await this.client.addToxic(name, 't', stream, spec);
    return { name, toxic, ...(await this.connection(listen)) };
  }
}

/** Defines the same tests for each server; those of one that is not here are skipped, with the reason on stderr. */
export function describeToxiproxies(what: string, tests: (server: () => ToxiproxyUnderTest) => void): void {
  for (const subject of subjects) {
    describe(`${what} (${subject.name})`, () => {
      let server: ToxiproxyUnderTest | undefined;
      let stop: () => Promise<void> = () => Promise.resolve();

      before(async function () {
        if (subject.skipped !== undefined) {
          process.stderr.write(`skipped: ${what} (${subject.name}): ${subject.skipped}\n`);
          this.skip();
        }
        const started = await subject.start();
        stop = started.stop;
        server = new ToxiproxyUnderTest(started.url, await TestListener.listen());
      });

      after(async () => {
        await stop();
        await server?.upstream.close();
      });

      tests(() => {
        assert(server !== undefined, 'asked for before it was started');
        return server;
      });
    });
  }
}
