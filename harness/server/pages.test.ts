import assert from 'node:assert/strict';
import { mkdirSync, rmdirSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { type Browser, chromium, type Page } from 'playwright-core';
import { chromiumFlags, findChromium, whyNoBrowser } from '../report/testing/chromium.ts';
import { ResultsServer } from './results-server.ts';
import { planOfTests, ResultsFolders, runOfTests } from './testing/results-folders.ts';

const executablePath = findChromium();
const lost = 'log-kill/2026-11-20T08.00.00Z-7';
const fine = 'log-kill/2026-11-20T09.00.00Z-8';

/** Ten sends, one each 100 ms. */
function history(ms: number): string {
  const line = (at: number, type: string, time: number) =>
    `${JSON.stringify({ index: at, time, process: 1, type, f: 'send', value: { queue: 'q/0', message: `${at}` } })}\n`;
  return Array.from({ length: 10 }, (_, at) => {
    const time = at * 100e6;
    return line(at, 'invoke', time) + line(at, 'ok', time + ms * 1e6);
  }).join('');
}

const faults = ['inject', 'bit']
  .map((phase, at) => ({
    time: at * 1e8,
    fault: 'kill-1',
    phase,
    nemesis: 'kill',
    variant: 'master',
    targets: ['n2'],
  }))
  .map((event) => `${JSON.stringify(event)}\n`)
  .join('');

describe('the pages of the server in a browser', function () {
  // A browser takes its time to start on a busy machine.
  this.timeout(60_000);
  if (executablePath === undefined) {
    it(whyNoBrowser);
    return;
  }
  const results = new ResultsFolders();
  const server = new ResultsServer({ results: results.folder, host: '127.0.0.1', port: 0 });
  let address = '';
  let browser: Browser;
  let page: Page;
  /** Console errors (what a policy forbids is one), page errors, and requests to elsewhere. */
  const complaints: string[] = [];

  before(async () => {
    results.write({
      ...runOfTests(lost, 'invalid', 1500),
      ...runOfTests(fine, 'valid', 300, { rate: 500 }),
      [`${lost}/history.jsonl`]: history(20),
      [`${lost}/faults.jsonl`]: faults,
      [`${fine}/history.jsonl`]: history(10),
      'log-kill/2026-11-20T07.00.00Z-1/results.json': '{"verd',
    });
    address = (await server.listen()).slice(0, -1);
    browser = await chromium.launch({ executablePath, args: chromiumFlags });
    page = await browser.newPage({ viewport: { width: 1300, height: 900 } });
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => {
      if (!request.url().startsWith(address)) complaints.push(`asked for ${request.url()}`);
    });
  });
  after(async () => {
    await browser?.close();
    await server.close();
    results.remove();
  });

  async function open(path: string): Promise<void> {
    complaints.length = 0;
    await page.goto(address + path);
    await page.waitForSelector('body[data-ready]');
  }

  /** By a selector: what is evaluated as text the pages' own policy forbids. */
  const rowsAre = (count: number) =>
    page.waitForSelector(`#results tbody > tr:nth-child(${count}):last-child`);
  /** How many different colours stand on each plot. */
  const coloursDrawn = () =>
    page.evaluate<number[]>(`[...document.querySelectorAll('canvas')].map((canvas) => {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size;
    })`);

  it('filter as one types, and keep the filter in the address', async () => {
    await open('/');
    await rowsAre(3);
    await page.fill('input[name="q"]', 'lost-ack');
    await rowsAre(1);
    assert.equal(new URL(page.url()).search, '?q=lost-ack');
    await page.reload();
    assert.equal(await page.inputValue('input[name="q"]'), 'lost-ack');
    assert.deepEqual(complaints, []);
  });

  it('go back to the filter before', async () => {
    await open('/?q=lost-ack');
    await page.click('.clear');
    await rowsAre(3);
    await page.click('[data-verdict="broke"]');
    await rowsAre(1);
    await page.goBack();
    await rowsAre(3);
    assert.deepEqual(complaints, []);
  });

  it('compare two runs by the keyboard alone', async () => {
    await open('/');
    for (const key of ['ArrowDown', 'x', 'j', 'x']) await page.keyboard.press(key);
    assert.equal(await page.innerText('#ticked'), `${fine} and ${lost}`);
    await page.keyboard.press('c');
    await page.waitForURL(`**/compare?a=${fine}&b=${lost}`);
    await page.waitForSelector('body[data-ready]');
    assert.match(await page.innerText('main'), /rate\s+500\s+200/);
    const median = await page.innerText('[data-latency="both send p50"]');
    assert.equal(median, '+100 %');
    assert.ok((await coloursDrawn()).every((colours) => colours > 5));
    assert.deepEqual(complaints, []);
  });

  it('draw trends, whose points lead to their runs', async () => {
    await open('/trends');
    assert.ok((await coloursDrawn()).every((colours) => colours > 5));
    await page.locator('.plot .room').first().focus();
    await page.keyboard.press('Home');
    assert.match(await page.innerText('.hint:not([hidden])'), /seed 7/);
    await page.keyboard.press('Enter');
    await page.waitForURL(/report\.html$/);
    assert.deepEqual(complaints, []);
  });

  it('show a run that begins, follow it, and end with its verdict', async () => {
    await open('/');
    const path = 'log-kill/2026-11-22T10.00.00Z-9';
    const now = Date.now();
    results.write({
      [`${path}/history.jsonl`]: history(10),
      [`${path}/faults.jsonl`]: faults,
      [`${path}/progress.json`]: {
        ...{ version: 1, pid: process.pid, host: hostname(), plan: planOfTests, phase: 'load' },
        ...{ startWallMs: now, updatedWallMs: now, phaseStartWallMs: now, loadStartWallMs: now },
        load: { elapsedS: 1, master: 'n1', masterEpoch: 2, syncStateSet: ['n1'], controllerLeader: 'c3' },
        ...{ activeFaults: [], notes: [], broke: null },
      },
    });
    await page.locator(`tr[data-path="${path}"] a.open`).click();
    await page.locator('#counts', { hasText: /^10 / }).waitFor();
    assert.match(await page.innerText('#phases [aria-current]'), /load/);
    assert.match(
      await page.innerText('#nodes'),
      /n1\s+master, epoch 2[\s\S]*n2\s+not in the SyncStateSet\s+kill-1 master/,
    );
    assert.match(await page.innerText('#ended'), /At work: kill-1 master on n2/);
    // A folder in place of a file cannot be read, for a while.
    const faultsFile = join(results.folder, path, 'faults.jsonl');
    rmSync(faultsFile);
    mkdirSync(faultsFile);
    await page.locator('#link.lost', { hasText: 'its files cannot be read now' }).waitFor();
    rmdirSync(faultsFile);
    results.write({ [`${path}/faults.jsonl`]: faults });
    await page.locator('#link.open', { hasText: 'live' }).waitFor();
    results.write(runOfTests(path, 'invalid'));
    rmSync(join(results.folder, path, 'progress.json'));
    await page.waitForSelector('#ended.invalid');
    assert.equal(await page.getAttribute('#ended a', 'href'), `/files/${path}/report.html`);
    assert.ok((await coloursDrawn()).every((colours) => colours > 5));
    assert.deepEqual(complaints, []);
  });

  it('follow a campaign: how far it is, what failed, and its verdict', async () => {
    await open('/');
    const path = 'sim-swarm/2026-11-22T12.00.00Z-campaign';
    const now = Date.now();
    const failed = { name: 'seed 8', verdict: 'invalid', why: 'gap', command: '--seed 8', folder: null };
    const progress = (done: number, notValid: readonly object[]) => ({
      [`${path}/progress.json`]: {
        ...{
          version: 1,
          collection: 'campaign',
          pid: process.pid,
          host: hostname(),
          world: 'sim',
          workers: 2,
        },
        ...{ startWallMs: now - 60_000, updatedWallMs: now, done, wanted: 9, broke: null },
        lately: 'v'.repeat(done - notValid.length) + 'i'.repeat(notValid.length),
        verdicts: { valid: done - notValid.length, invalid: notValid.length, unknown: 0, broke: 0 },
        notValid,
      },
    });
    results.write(progress(2, []));
    await page.locator(`tr[data-path="${path}"] a.open`).click();
    await page.locator('#done', { hasText: '2 of 9' }).waitFor();
    assert.match(await page.innerText('#ended'), /7 seeds to go, on 2 threads/);
    assert.match(await page.innerText('#not-valid'), /None so far/);
    results.write(progress(3, [failed]));
    await page.locator('#not-valid tr', { hasText: 'gap' }).waitFor();
    assert.match(await page.innerText('#not-valid'), /^seed 8\s+invalid\s+gap\s+--seed 8$/i);
    assert.equal(await page.locator('#lately .beat').count(), 3);
    results.write({
      [`${path}/campaign.json`]: { verdict: 'invalid', seedsDone: 9, verdicts: { valid: 8 } },
    });
    rmSync(join(results.folder, path, 'progress.json'));
    await page.waitForSelector('#ended.invalid');
    assert.equal(await page.innerText('#done'), '9 of 9');
    assert.equal(await page.getAttribute('#ended a', 'href'), `/files/${path}/report.html`);
    assert.deepEqual(complaints, []);
  });

  it('let a report run its script, but see nothing of other runs', async () => {
    await page.goto(`${address}/files/${lost}/report.html`);
    assert.equal(await page.title(), 'drawn');
    const seen = await page.evaluate(
      `fetch(${JSON.stringify(`${address}/api/runs`)}).then(() => 'all', () => 'nothing')`,
    );
    assert.equal(seen, 'nothing');
  });
});
