import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { type Browser, chromium, type Page } from 'playwright-core';
import { checkOperations } from '../check.ts';
import type { RegisterInput } from '../models/register.ts';
import { register } from '../models/register.ts';
import type { Operation } from '../operation.ts';
import { smallestCore } from '../smallest-core.ts';
import { chromiumFlags, findChromium, whyNoBrowser } from '../testing/chromium.ts';

/** Where this test was built to, and the modules as they are published. */
const modules = new URL('../', import.meta.url);
const executablePath = findChromium();
const whyNot =
  extname(import.meta.url) === '.ts' ? 'is not tried: browsers need the built modules' : whyNoBrowser;

type RegisterOperation = Operation<RegisterInput<number>, number | null | undefined>;
/** A read of what was overwritten before it began. */
const operations: RegisterOperation[] = [
  { clientId: 0, input: { f: 'write', value: 1 }, call: 0, return: 10 },
  { clientId: 0, input: { f: 'write', value: 2 }, call: 20, return: 30 },
  { clientId: 1, input: { f: 'read' }, output: 1, call: 40, return: 50 },
  { clientId: 2, input: { f: 'write', value: 3 }, call: 45, return: null },
];

interface Made {
  readonly verdict: string;
  readonly sentence: string;
  readonly html: string;
}

describe('the modules in a browser, as they are, without a bundler', function () {
  // A browser takes its time to start on a busy machine.
  this.timeout(60_000);
  if (executablePath === undefined || extname(import.meta.url) === '.ts') {
    it(whyNot);
    return;
  }
  let server: Server;
  let address = '';
  let browser: Browser;
  let page: Page;
  /** What the browser asked for, beside the page that `visualize` wrote. */
  const asked: string[] = [];
  const complaints: string[] = [];
  let written = '';
  let made: Made;

  before(async () => {
    server = createServer((request, response) => {
      const path = request.url ?? '/';
      // Browsers ask for it by themselves.
      if (path === '/favicon.ico') {
        response.writeHead(204).end();
        return;
      }
      asked.push(path);
      if (path === '/' || path === '/written') {
        response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
        response.end(path === '/' ? '<!doctype html><title>empty</title>' : written);
        return;
      }
      void readFile(new URL(`.${path}`, modules)).then(
        (body) => response.writeHead(200, { 'Content-Type': 'text/javascript' }).end(body),
        () => response.writeHead(404).end(),
      );
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await chromium.launch({ executablePath, args: chromiumFlags });
    page = await browser.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(`${address}/`);
    made = await page.evaluate<Made>(`(async () => {
      const { checkOperations } = await import('/check.js');
      const { register } = await import('/models/register.js');
      const { smallestCore } = await import('/smallest-core.js');
      const { visualize } = await import('/visualizer/visualize.js');
      const operations = ${JSON.stringify(operations)};
      const model = register({ initial: 0 });
      const result = checkOperations(model, operations);
      const html = visualize(model, operations, { result, title: 'made in a browser' });
      return { verdict: result.verdict, sentence: smallestCore(model, operations).sentence, html };
    })()`);
  });
  after(async () => {
    await browser?.close();
    server?.closeAllConnections();
    server?.close();
  });

  it('find what they find in Node', () => {
    const model = register<number>({ initial: 0 });
    assert.equal(made.verdict, 'illegal');
    assert.equal(made.verdict, checkOperations(model, operations).verdict);
    assert.equal(made.sentence, smallestCore(model, operations)?.sentence);
    assert.deepEqual(complaints, []);
  });

  it('need modules of this package alone', () => {
    assert.ok(asked.includes('/check.js') && asked.includes('/visualizer/page-source.js'));
    assert.deepEqual(
      asked.filter((path) => !/^\/(written)?$|^\/[a-z/-]+\.js$/.test(path)),
      [],
    );
  });

  it('write the page, which opens by itself at what cannot follow', async () => {
    assert.match(made.html, /data-packing="none"/);
    written = made.html;
    asked.length = 0;
    await page.goto(`${address}/written`);
    await page.waitForSelector('body[data-ready]');
    assert.equal(await page.title(), 'made in a browser');
    assert.match(await page.innerText('#sentence'), /^No order of these 3 operations explains their answers/);
    assert.match(
      await page.evaluate<string>('document.querySelector(".lanes-live").textContent'),
      /^read -> 1\. client 1, operation 2\..*it cannot follow: the state is 2/,
    );
    const colours =
      await page.evaluate<number>(`new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
      const canvas = document.querySelector('.lanes-canvas');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      done(new Set(new Uint32Array(data.buffer)).size);
    })))`);
    assert.ok(colours > 5, `${colours}`);
    assert.deepEqual([complaints, asked], [[], ['/written']]);
  });
});
