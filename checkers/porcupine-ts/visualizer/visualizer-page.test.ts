import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, before, describe, it } from 'mocha';
import { type Browser, chromium, type Page } from 'playwright-core';
import { checkOperations } from '../check.ts';
import type { Model } from '../model.ts';
import { kv } from '../models/kv.ts';
import { register } from '../models/register.ts';
import type { Operation } from '../operation.ts';
import { chromiumFlags, findChromium, whyNoBrowser } from '../testing/chromium.ts';
import { visualize } from './visualize.ts';

const markup = '<img src="https://example.invalid/x.png">';

function illegalPage(): string {
  const get = (clientId: number, output: string, call: number, back: number): Operation => ({
    clientId,
    input: { f: 'get', key: 'x' },
    output,
    call,
    return: back,
  });
  const put = (clientId: number, key: string, value: string, call: number, back: number): Operation => ({
    clientId,
    input: { f: 'put', key, value },
    call,
    return: back,
  });
  const operations = [
    get(0, 'w', 0, 100),
    put(1, 'x', 'y', 5, 10),
    put(2, 'x', 'z', 0, 10),
    get(1, 'y', 20, 30),
    put(1, 'x', 'w', 35, 45),
    get(4, 'z', 25, 35),
    get(3, 'y', 30, 40),
    put(5, markup, markup, 55, 85),
  ];
  return visualize(kv() as Model, operations, {
    timeoutMs: 600_000,
    annotations: [
      { label: 'partition of n2', from: 12, to: 33 },
      { label: markup, at: 60 },
    ],
  });
}

/** One client after another, so that no search is needed: what counts is how many there are. */
function longPage(count: number): string {
  const operations: Operation[] = Array.from({ length: count }, (_, at) => ({
    clientId: at % 10,
    input: { f: 'write', value: at },
    call: at * 10,
    return: at * 10 + 9,
  }));
  const model = register() as Model;
  return visualize(model, operations, { result: checkOperations(model, operations) });
}

const executablePath = findChromium();

describe('the page of a history in a browser', function () {
  // A browser takes its time to start on a busy machine.
  this.timeout(120_000);
  if (executablePath === undefined) {
    it(whyNoBrowser);
    return;
  }
  let folder = '';
  let browser: Browser;
  let page: Page;
  let illegal = '';
  const complaints: string[] = [];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'porcupine-page-'));
    illegal = write('illegal.html', illegalPage());
    browser = await chromium.launch({ executablePath, args: chromiumFlags });
    page = await browser.newPage({ viewport: { width: 1300, height: 820 } });
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => {
      if (!/^(file|data|blob|about):/.test(request.url())) complaints.push(`asked for ${request.url()}`);
    });
  });
  after(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function write(name: string, html: string): string {
    writeFileSync(join(folder, name), html);
    return pathToFileURL(join(folder, name)).href;
  }
  async function open(address: string, colorScheme: 'light' | 'dark' = 'light'): Promise<void> {
    await page.goto('about:blank');
    await page.emulateMedia({ colorScheme });
    complaints.length = 0;
    await page.goto(address);
    await page.waitForSelector('body[data-ready]');
  }
  const told = () => page.evaluate<string>('document.querySelector(".lanes-live").textContent');
  const order = () =>
    page.evaluate<number[]>(
      '[...(visualizer.history.orders[visualizer.lanes.orderAtHand()]?.operations ?? [])]',
    );
  const idOf = (at: number) => page.evaluate<string>(`visualizer.history.id(${at})`);

  it('opens at what cannot follow: the sentence, the longest order, and the operation refused at its end', async () => {
    await open(illegal);
    assert.match(await page.innerText('#sentence'), /^No order of these 4 operations explains their answers/);
    assert.match(
      await told(),
      /^get\("x"\) -> "z"\. client 4, operation 5\..*After step 6 it cannot follow: the state is {"x": "w"}/,
    );
    assert.equal((await order()).length, 6);
    assert.match(
      await page.innerText('.steps'),
      /6\s+get\("x"\) -> "w"\s+state unchanged\s+✕\s+get\("x"\) -> "z"\s+cannot follow/,
    );
    assert.deepEqual(complaints, []);
  });

  it('tells by the keyboard of each operation, and of the longest order that holds it', async () => {
    await open(illegal);
    await page.focus('.lanes-scroll');
    // Escape lets go; the first arrow takes what is in sight, the others go on from there.
    await page.keyboard.press('Escape');
    assert.equal(await told(), '');
    await page.keyboard.press('ArrowDown');
    assert.match(await told(), /^get\("x"\) -> "w"\. client 0.*Step 6 of 6 in the longest order/);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowLeft');
    assert.match(await told(), /client 1/);
    await page.keyboard.press('[');
    const before = await told();
    await page.keyboard.press(']');
    assert.notEqual(await told(), before);
    await page.keyboard.press('e');
    assert.match(await told(), /operation 5\./);
    assert.deepEqual(complaints, []);
  });

  it('draws the longest order through the operation under the pointer', async () => {
    await open(illegal);
    const place = await page.evaluate<number>(
      '[...Array(8).keys()].find((at) => visualizer.history.id(at) === "5")',
    );
    assert.equal(await idOf(place), '5');
    await page.evaluate('visualizer.lanes.select(-1)');
    assert.equal((await order()).length, 6);
    const { right, x, y } = await page.evaluate<{ x: number; right: number; y: number }>(
      `visualizer.lanes.placeOf(${place})`,
    );
    await page.locator('.lanes-canvas').hover({ position: { x: (x + right) / 2, y } });
    assert.match(await page.innerText('.lanes-tip'), /get\("x"\) -> "z"[\s\S]*Step 3 of 3/);
    assert.equal((await order()).length, 3);
    await page.locator('.lanes-canvas').click({ position: { x: (x + right) / 2, y } });
    assert.equal(new URL(page.url()).hash, '#op=5');
  });

  it('finds operations, and goes from one to the next', async () => {
    await open(illegal);
    await page.getByLabel('Key').selectOption('-1');
    await page.keyboard.press('/');
    await page.focus('#search');
    await page.keyboard.type('put "y"');
    await page.waitForFunction('document.getElementById("found").textContent === "1 match"');
    await page.keyboard.press('Enter');
    assert.match(await told(), /^put\("x", "y"\)/);
    await page.fill('#search', '#7');
    await page.keyboard.press('Enter');
    assert.ok((await told()).startsWith(`put("${markup.replaceAll('"', '\\"')}"`), await told());
    assert.equal(await page.locator('img').count(), 0);
    assert.deepEqual(complaints, []);
  });

  it('shows one key or all of them', async () => {
    await open(illegal);
    const lanes = () => page.evaluate<number>('visualizer.lanes.find("client").length');
    assert.equal(await lanes(), 7);
    await page.getByLabel('Key').selectOption('-1');
    assert.equal(await lanes(), 8);
  });

  it('of 100,000 operations opens, is drawn in both schemes, and goes to the last one by the address', async () => {
    const address = write('long.html', longPage(100_000));
    for (const scheme of ['light', 'dark'] as const) {
      await open(`${address}#op=99999`, scheme);
      assert.match(await told(), /^write\(99999\)\. client 9, operation 99999/);
      const colours =
        await page.evaluate<number>(`new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
        const canvas = document.querySelector('.lanes-canvas');
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        done(new Set(new Uint32Array(data.buffer)).size);
      })))`);
      assert.ok(colours > 10, `${colours} colours`);
    }
    await page.focus('.lanes-scroll');
    await page.keyboard.press('ArrowLeft');
    assert.match(await told(), /operation 99989/);
    await page.keyboard.press('Home');
    const [from, to] = await page.evaluate<[number, number]>('visualizer.lanes.shown()');
    assert.ok(from <= 0 && to >= 999_999, `${from} to ${to}`);
    assert.deepEqual(complaints, []);
  });
});
