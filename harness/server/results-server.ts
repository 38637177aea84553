/** The server of a results folder: who asks for what, and who answers. */
import { readdir } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { UsageError } from '../usage-error.ts';
import { type Asset, readAssets } from './assets.ts';
import { cannotListen } from './cannot-listen.ts';
import { comparePage } from './compare-page.ts';
import type { ComparedRun } from './comparison.ts';
import { EventStream } from './event-stream.ts';
import { FollowedFolders } from './followed-folders.ts';
import { isLoopback, mayAsk } from './host-names.ts';
import type { JsonRecord } from './json-value.ts';
import { pathInAddress } from './layout.ts';
import { addressOf, listPage } from './list-page.ts';
import { LiveCollection } from './live-collection.ts';
import { liveCollectionPage } from './live-collection-page.ts';
import { livePage } from './live-page.ts';
import { LiveRun } from './live-run.ts';
import { problemPage } from './problem-page.ts';
import { readJson } from './read-summary.ts';
import { Repeating } from './repeating.ts';
import { htmlType, jsonType, ownHeaders } from './response-headers.ts';
import { redirect, sendRunFile } from './run-files.ts';
import { parseFilter } from './run-filter.ts';
import { RunShelf } from './run-shelf.ts';
import type { RunSummary } from './run-summary.ts';
import { pathNames } from './safe-path.ts';
import { trendsPage } from './trends-page.ts';

export interface ServerOptions {
  readonly results: string;
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

/** Clients that are told of changes, all pages together. */
const streamsMax = 100;
const lookEveryMs = 1000;

export class ResultsServer {
  readonly #options: ServerOptions;
  readonly #shelf: RunShelf;
  readonly #assets: ReadonlyMap<string, Asset>;
  readonly #server: Server;
  readonly #streams = new Set<EventStream>();
  readonly #listeners = new Set<EventStream>();
  readonly #watch: Repeating;
  readonly #followed: FollowedFolders;
  readonly #live = new Map<string, LiveRun | LiveCollection>();

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#shelf = new RunShelf(options.results);
    this.#followed = new FollowedFolders(options.results);
    this.#assets = readAssets();
    this.#watch = new Repeating(lookEveryMs, () => this.#lookAndTell());
    this.#server = createServer((request, response) => {
      void this.#answer(request, response).catch((error: unknown) => this.#failed(response, error));
    });
  }

  /** Resolves with the address once it listens. Rejects with a UsageError where it cannot. */
  async listen(): Promise<string> {
    const { host, port, results } = this.#options;
    await readdir(results).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      throw new UsageError(
        `--results: cannot read the folder ${results} (${reason}); name one that holds runs, or make a run first: npm run jepsen -- --nemesis partition`,
        { cause: error },
      );
    });
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(error, host, port)));
      this.#server.listen(port, host, resolve);
    });
    // Thousands of rows take a moment: the first page waits for them, the address does not.
    void this.#shelf.look().catch(() => undefined);
    const bound = this.#server.address() as AddressInfo;
    const name = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address;
    return `http://${name}:${bound.port}/`;
  }

  /** Ends all that is open. */
  close(): Promise<void> {
    for (const stream of this.#streams) stream.end();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'GET') {
      response.setHeader('Allow', 'GET');
      return this.#problem(response, 405, 'This server only shows', `Wanted GET, got ${request.method}.`);
    }
    if (!mayAsk(request.headers.host, this.#options.host))
      return this.#problem(
        response,
        421,
        'Another server was meant',
        'This server answers to 127.0.0.1 and localhost alone; start it with --host to open it to others.',
      );
    const [path = '/', query = ''] = splitOnce(request.url ?? '/', '?');
    const names = pathNames(path);
    const [first = '', ...rest] = names ?? ['\0'];
    const parameters = new URLSearchParams(query);
    if (first === '' && rest.length === 0) return this.#list(response, parameters);
    if (first === 'assets' && rest.length === 1) return this.#asset(response, rest[0] ?? '');
    if (first === 'files' && (await sendRunFile(response, this.#options.results, rest))) return undefined;
    if (first === 'api' && rest.length === 1 && rest[0] === 'events') return this.#changes(response);
    if (first === 'api' && rest.length === 1 && rest[0] === 'runs') {
      await this.#shelf.look();
      return this.#sendJson(response, { version: this.#shelf.version, runs: this.#shelf.rows });
    }
    if (first === 'trends' && rest.length === 0) {
      await this.#shelf.look();
      return this.#html(response, 200, trendsPage(this.#shelf.rows, parseFilter(parameters)));
    }
    if (first === 'compare' && rest.length === 0) return this.#compare(response, parameters);
    if (first === 'api' && rest[0] === 'series' && rest.length === 3)
      return this.#series(response, rest.slice(1).join('/'));
    if (first === 'live' && rest.length === 2) return this.#livePage(response, rest.join('/'));
    if (first === 'api' && rest[0] === 'live' && rest.length === 3)
      return this.#follow(response, rest.slice(1).join('/'));
    return this.#problem(response, 404, 'Not found', `There is nothing at ${path.slice(0, 200)}.`);
  }

  async #list(response: ServerResponse, query: URLSearchParams): Promise<void> {
    await this.#shelf.look();
    this.#html(response, 200, listPage(this.#shelf.rows, parseFilter(query), this.#shelf.version));
  }

  async #livePage(response: ServerResponse, path: string): Promise<void> {
    const run = await this.#find(path);
    if (run === undefined || run.type === 'bugs') return this.#noRun(response, path);
    if (run.type === 'run') this.#html(response, 200, livePage(run));
    else if (run.outcome === 'running') this.#html(response, 200, liveCollectionPage(run));
    else redirect(response, addressOf(run));
    return undefined;
  }

  async #compare(response: ServerResponse, query: URLSearchParams): Promise<void> {
    const ticked = query.getAll('run');
    if (ticked.length > 0 && !query.has('a')) {
      const [a = '', b = ''] = ticked.map(pathInAddress);
      return redirect(response, `/compare?a=${a}&b=${b}`);
    }
    const sides: ComparedRun[] = [];
    for (const name of ['a', 'b']) {
      const path = query.get(name) ?? '';
      const summary = await this.#find(path);
      if (summary === undefined || summary.type !== 'run')
        return this.#problem(
          response,
          path === '' ? 400 : 404,
          'Two runs were wanted',
          path === '' ? 'Tick two rows in the list, then compare.' : `There is no run ${path.slice(0, 200)}.`,
        );
      sides.push({
        summary,
        record: await this.#json(path, 'run.json'),
        results: await this.#json(path, 'results.json'),
      });
    }
    const [a, b] = sides;
    if (a !== undefined && b !== undefined) this.#html(response, 200, comparePage(a, b));
    return undefined;
  }

  /** Of a run that the shelf has; empty where it cannot be read. */
  async #json(path: string, name: string): Promise<JsonRecord> {
    const value = await readJson(join(this.#options.results, path, name));
    return value === undefined || value instanceof Error ? {} : value;
  }

  /** What the history of a run adds up to. */
  async #series(response: ServerResponse, path: string): Promise<void> {
    const run = await this.#find(path);
    if (run === undefined || run.type !== 'run') return this.#noRun(response, path);
    const followed = this.#followed.get(path);
    while (!(await followed.look()));
    const { series, bands, colours } = followed;
    return this.#sendJson(response, { series: series.columns(), totals: series.totals(), bands, colours });
  }

  /** Of the shelf alone: no other path comes near the files. */
  async #find(path: string): Promise<RunSummary | undefined> {
    await this.#shelf.look();
    return this.#shelf.find(path);
  }

  async #follow(response: ServerResponse, path: string): Promise<void> {
    const run = await this.#find(path);
    if (run === undefined || run.type === 'bugs') return this.#noRun(response, path);
    const stream = this.#open(response);
    if (stream === undefined) return undefined;
    const summary = () => this.#shelf.refresh(path);
    const live =
      this.#live.get(path) ??
      (run.type === 'run'
        ? new LiveRun(this.#followed.get(path), summary)
        : new LiveCollection(join(this.#options.results, path), summary));
    this.#live.set(path, live);
    stream.onClose(() => {
      if (!live.isFollowed) this.#live.delete(path);
    });
    return live.follow(stream);
  }

  #noRun(response: ServerResponse, path: string): void {
    this.#problem(
      response,
      404,
      'No such run',
      `There is no run ${path.slice(0, 200)} in ${this.#options.results}.`,
    );
  }

  #asset(response: ServerResponse, name: string): void {
    const asset = this.#assets.get(name);
    if (asset === undefined) this.#problem(response, 404, 'Not found', `There is no asset ${name}.`);
    else {
      response.writeHead(200, ownHeaders(asset.contentType, 'no-cache'));
      response.end(asset.body);
    }
  }

  /** Tells when rows come or change, from then on. */
  #changes(response: ServerResponse): void {
    const stream = this.#open(response);
    if (stream === undefined) return;
    this.#listeners.add(stream);
    const release = this.#watch.want();
    stream.onClose(() => {
      this.#listeners.delete(stream);
      release();
    });
    stream.send('changed', { version: this.#shelf.version });
  }

  async #lookAndTell(): Promise<void> {
    const before = this.#shelf.version;
    // A results folder that is gone for a moment comes back, or the next page says that it is gone.
    await this.#shelf.look().catch(() => undefined);
    const { version } = this.#shelf;
    if (version !== before) for (const stream of this.#listeners) stream.send('changed', { version });
  }

  #open(response: ServerResponse): EventStream | undefined {
    if (this.#streams.size >= streamsMax) {
      this.#problem(response, 503, 'Too many pages', `${streamsMax} pages follow already; close some.`);
      return undefined;
    }
    const stream = new EventStream(response);
    this.#streams.add(stream);
    stream.onClose(() => this.#streams.delete(stream));
    return stream;
  }

  #html(response: ServerResponse, code: number, text: string): void {
    response.writeHead(code, ownHeaders(htmlType));
    response.end(text);
  }

  #sendJson(response: ServerResponse, value: unknown): void {
    response.writeHead(200, ownHeaders(jsonType));
    response.end(JSON.stringify(value));
  }

  #problem(response: ServerResponse, code: number, title: string, sentence: string): void {
    this.#html(response, code, problemPage(title, sentence));
  }

  #failed(response: ServerResponse, error: unknown): void {
    // Who went away needs no answer.
    if (response.headersSent || response.destroyed) response.destroy();
    else {
      const what = error instanceof Error ? error.message : String(error);
      this.#problem(response, 500, 'The server failed', `${what}. The other pages may work.`);
    }
  }
}

export function openToOthers(host: string): boolean {
  return !isLoopback(host);
}

function splitOnce(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
