import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, before, describe, it } from 'mocha';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { CheckResult } from '../../checkers/anomaly.ts';
import { evidenceOf } from '../runner/evidence.ts';
import { judgeEvidence } from '../runner/judge.ts';
import { indexHtml } from './index-html.ts';
import { reportData } from './report-data.ts';
import { reportHtml } from './report-html.ts';
import { chromiumFlags, findChromium, whyNoBrowser } from './testing/chromium.ts';
import { syntheticRun } from './testing/synthetic-run.ts';

const logs = ['n1', 'n2', 'n3', 'c1', 'c2', 'c3'].map((node) => ({ node, lines: [] }));
const markup = '<img src="https://example.invalid/x.png" onerror="document.title=\'taken\'">';

/** A report as a run writes it; `changed` may put more into the results. */
function reportOf(
  loses: boolean,
  changed: (results: CheckResult[]) => CheckResult[] = (results) => results,
): string {
  const run = syntheticRun({ seed: 6, seconds: 36, rate: 150, loses });
  const evidence = evidenceOf(run);
  const { windows, trace, replicas, drawn, travels } = evidence;
  const results = changed(judgeEvidence(run.record, evidence, logs));
  const verdict = results.some((result) => result.verdict === 'invalid') ? 'invalid' : 'valid';
  const colours = { partition: ['#e9dca0', '#7d6f2a'], kill: ['#e9a4a0', '#8a3f3a'] } as const;
  return reportHtml(
    reportData({
      title: 'log-some, seed 6',
      verdict,
      record: run.record,
      results,
      windows,
      trace,
      replicas,
      drawn,
      travels,
      colours,
    }),
  );
}

const executablePath = findChromium();

describe('the report in a browser', function () {
  // A browser takes its time to start on a busy machine.
  this.timeout(60_000);
  if (executablePath === undefined) {
    it(whyNoBrowser);
    return;
  }
  let folder = '';
  let browser: Browser;
  let page: Page;
  let invalid = '';
  let valid = '';
  /** Console errors, page errors, and requests for anything but files. */
  const complaints: string[] = [];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'report-page-'));
    const write = (name: string, html: string) => {
      writeFileSync(join(folder, name), html);
      return pathToFileURL(join(folder, name)).href;
    };
    const unseen: CheckResult = {
      checker: 'crashes',
      verdict: 'invalid',
      evidence: markup,
      anomalies: [{ name: 'node-crash', detail: markup, operations: [] }],
      anomalyCounts: { 'node-crash': 1 },
    };
    invalid = write(
      'invalid.html',
      reportOf(true, (results) => [...results.slice(0, -1), unseen]),
    );
    valid = write('valid.html', reportOf(false));
    browser = await chromium.launch({ executablePath, args: chromiumFlags });
    page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
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

  /** One page for all: each would be a process of its own. */
  async function open(address: string, colorScheme: 'light' | 'dark' = 'light'): Promise<void> {
    await page.goto('about:blank');
    await page.emulateMedia({ colorScheme });
    complaints.length = 0;
    await page.goto(address);
    await page.waitForSelector('body[data-ready]');
  }

  const visible = () => page.evaluate<[number, number]>('[report.view.from, report.view.to]');
  /** How many different colours stand on each canvas, once it has been drawn. */
  const coloursDrawn = () =>
    page.evaluate<number[]>(`new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() =>
      done([...document.querySelectorAll('canvas')].map((canvas) => {
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        return new Set(new Uint32Array(data.buffer)).size;
      })))))`);

  it('opens at the first anomaly: what it says, its operations, and the time around them', async () => {
    await open(invalid);
    assert.match(page.url(), /#anomaly=1$/);
    assert.match(
      await page.innerText('#anomaly'),
      /Anomaly 1 of \d+[\s\S]*recovery-point the failover to epoch 3 .* was acknowledged by n2 \(master of epoch 2\) as jepsen\/0@/s,
    );
    const first = await page.evaluate<number>('report.data.operations.start[report.anomalies[0].places[0]]');
    const [from, to] = await visible();
    assert.ok(from < first && first < to && to - from < 10_000, `${first} in ${from} to ${to}`);
    assert.match(await page.innerText('#header'), /INVALID[\s\S]*3 lost-ack-write/);
    assert.deepEqual(complaints, []);
  });

  it('has its checkers first when nothing was found, and shows the whole run', async () => {
    await open(valid);
    assert.equal(new URL(page.url()).hash, '');
    assert.equal(await page.evaluate('document.querySelector("#header").nextElementSibling.id'), 'checkers');
    assert.equal(await page.locator('#anomaly').count(), 0);
    assert.deepEqual(await visible(), await page.evaluate('report.view.all'));
    assert.match(await page.innerText('#header'), /All \d+ checkers looked, and found nothing wrong/);
    assert.match(await page.innerText('#recovery'), /none was lost[\s\S]*kill-2[\s\S]*300 ms/);
    assert.deepEqual(complaints, []);
  });

  for (const scheme of ['light', 'dark'] as const) {
    it(`draws every plot, ${scheme}, and again when the scheme changes`, async () => {
      await open(valid, scheme);
      const back = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
      assert.equal(await back(), scheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(13, 17, 23)');
      const drawn = await coloursDrawn();
      // Whole run, roles, lanes with their own strip and the hatching over them, replicas, latency, rates.
      assert.equal(drawn.length, 8);
      assert.ok(
        drawn.every((colours) => colours > 5),
        `${drawn}`,
      );
      await page.emulateMedia({ colorScheme: scheme === 'light' ? 'dark' : 'light' });
      assert.equal(await back(), scheme === 'light' ? 'rgb(13, 17, 23)' : 'rgb(255, 255, 255)');
      assert.ok((await coloursDrawn()).every((colours) => colours > 5));
      assert.deepEqual(complaints, []);
    });
  }

  it('follows the address of an operation, of a checker, of a time and of an anomaly', async () => {
    await open(invalid);
    const index = await page.evaluate<number>('report.data.operations.index[500]');
    await page.evaluate(`location.hash = "#op=${index}"`);
    await page.waitForFunction(`report.selected === ${index}`);
    assert.match(await page.innerText('#selected'), new RegExp(`op ${index}\\b`));
    await page.evaluate('location.hash = "#t=3-4.5"');
    await page.waitForFunction('report.view.from === 3000 && report.view.to === 4500');
    assert.match(await page.innerText('#events summary'), /from 3\.000 s to 4\.500 s/);
    await page.evaluate('location.hash = "#checker=log/lost"');
    await page.waitForSelector('tr.target');
    assert.match(await page.innerText('tr.target'), /^log\/lost/);
    await page.evaluate('location.hash = "#anomaly=3"');
    await page.waitForFunction(
      'document.getElementById("anomaly-title").textContent.startsWith("Anomaly 3 of")',
    );
    await page.evaluate('location.hash = "#op=99999999"');
    await page.waitForFunction('document.getElementById("selected").textContent.includes("history.jsonl")');
    assert.deepEqual(complaints, []);
  });

  it('goes from anomaly to anomaly, round and round', async () => {
    await open(invalid);
    const count = await page.evaluate<number>('report.anomalies.length');
    await page.getByRole('button', { name: 'previous', exact: true }).click();
    await page.waitForFunction(`location.hash === "#anomaly=${count}"`);
    await page.getByRole('button', { name: 'next', exact: true }).click();
    await page.waitForFunction('location.hash === "#anomaly=1"');
  });

  it('moves, zooms and shows the whole run by the keyboard', async () => {
    await open(`${valid}#t=10-12`);
    await page.focus('.plot[aria-label^="Latency"]');
    await page.keyboard.press('ArrowRight');
    assert.deepEqual(await visible(), [10_400, 12_400]);
    await page.keyboard.press('ArrowLeft');
    assert.deepEqual(await visible(), [10_000, 12_000]);
    await page.keyboard.press('+');
    const [from, to] = await visible();
    assert.ok(Math.abs(to - from - 1200) < 1 && Math.abs(from + to - 22_000) < 1, `${from} to ${to}`);
    await page.keyboard.press('-');
    assert.ok(Math.abs((await visible())[0] - 10_000) < 1);
    await page.keyboard.press('Home');
    assert.deepEqual(await visible(), await page.evaluate('report.view.all'));
  });

  it('tells of the operation under the pointer, and follows it at a click', async () => {
    await open(`${valid}#t=1-1.2`);
    await coloursDrawn();
    const [x, y] = await page.evaluate<[number, number]>(`(() => {
      const at = visible().find((one) => report.data.operations.start[one] > 1000);
      const { x, y } = report.lanes.placeOf(at);
      return [x + 1, y];
    })()`);
    const lanes = page.locator('.timeline .lanes-canvas');
    await lanes.hover({ position: { x, y } });
    assert.match(await page.innerText('.timeline .lanes-tip'), /process \d+, operation \d+/);
    await lanes.click({ position: { x, y } });
    await page.waitForFunction('location.hash.startsWith("#op=")');
    assert.match(await page.innerText('#selected'), /op \d+[\s\S]*process \d+ on w\d asks/);
  });

  it('follows a message that was lost, from the client to the end, and says what was not recorded', async () => {
    await open(`${invalid}#checker=log/lost`);
    await page.waitForSelector('tr.target');
    const index = await page.evaluate<number>(
      'report.data.operations.index[report.anomalies.find(({ name }) => name === "lost-ack-write").places[0]]',
    );
    await page.evaluate(`location.hash = "#op=${index}"`);
    await page.waitForFunction(`report.selected === ${index}`);
    const told = await page.innerText('table.journey');
    assert.match(told, /acknowledged by n2 \(master of epoch 2\) as jepsen\/0@\d+/);
    assert.match(told, /in the end no replica has it \(n1, n2, n3 were read\)/);
    assert.match(told, /confirmed: not recorded/);
    await page.getByRole('button', { name: 'next send' }).click();
    await page.waitForFunction(`report.selected > ${index}`);
  });

  it('combines filters in its address, goes back and forth, and gives it to be sent', async () => {
    await open(`${invalid}#op=200&t=2-4&q=jepsen/1`);
    assert.deepEqual(await visible(), [2000, 4000]);
    assert.equal(await page.evaluate('report.selected'), 200);
    assert.equal(await page.inputValue('#filter-queue'), 'jepsen/1');
    await page.evaluate('go({ checker: "log/lost" })');
    await page.waitForSelector('tr.target');
    assert.equal(await page.evaluate('location.hash'), '#checker=log/lost&q=jepsen/1');
    assert.match(await page.innerText('#anomaly-title'), /1 of \d+ of log\/lost/);
    await page.goBack();
    await page.waitForFunction('report.selected === 200 && report.view.to === 4000');
    await page.goForward();
    await page.waitForFunction('report.selected === undefined');
    await page.goBack();
    await page.waitForFunction('report.selected === 200');
    await page.evaluate('report.view.move(2500, 3000)');
    await page.waitForFunction('location.hash === "#op=200&t=2.5-3&q=jepsen/1"');
    assert.match(await page.evaluate<string>('linkToHere()'), /invalid\.html#op=200&t=2\.5-3&q=jepsen\/1$/);
  });

  it('looks closer where a plot is dragged over, in every plot and in the address', async () => {
    await open(valid);
    const latency = page.locator('#latency .u-over');
    await latency.scrollIntoViewIfNeeded();
    const box = await latency.boundingBox();
    assert.ok(box !== null);
    await page.mouse.move(box.x + box.width * 0.25, box.y + 60);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + 60, { steps: 4 });
    await page.mouse.up();
    const [from, to] = await visible();
    const end = await page.evaluate<number>('report.view.all[1]');
    assert.ok(Math.abs(from - end * 0.25) < 400 && Math.abs(to - end * 0.5) < 400, `${from} to ${to}`);
    await page.waitForFunction('/^#t=[\\d.]+-[\\d.]+$/.test(location.hash)');
    const shown = await page.evaluate<[number, number]>('report.lanes.shown()');
    assert.ok(Math.abs(shown[0] - from) < 1 && Math.abs(shown[1] - to) < 1, `${shown}`);
  });

  it('sorts its tables by a key, and says so', async () => {
    await open(valid);
    const gaps = () => page.locator('table.recoveries tbody tr').allInnerTexts();
    const first = await gaps();
    const header = page.locator('table.recoveries th', { hasText: 'fault' });
    await header.getByRole('button').focus();
    await page.keyboard.press('Enter');
    assert.equal(await header.getAttribute('aria-sort'), 'ascending');
    await page.keyboard.press('Enter');
    assert.equal(await header.getAttribute('aria-sort'), 'descending');
    assert.deepEqual(await gaps(), first.sort().reverse());
  });

  it('sorts the steps of a journey by a key, and back into the order of time, for the next message too', async () => {
    await open(`${invalid}#op=200`);
    const column = (head: string) => page.locator('table.journey th', { hasText: new RegExp(`^${head}$`) });
    const told = () => page.locator('table.journey td:last-child').allInnerTexts();
    const inTime = await told();
    await column('told by').getByRole('button').focus();
    for (const order of ['ascending', 'descending']) {
      await page.keyboard.press('Enter');
      assert.equal(await column('told by').getAttribute('aria-sort'), order);
    }
    assert.deepEqual(
      await told(),
      [...inTime].sort((a, b) => b.localeCompare(a, 'en')),
    );
    assert.notDeepEqual(await told(), inTime);
    await column('n1').getByRole('button').click();
    assert.match((await page.locator('table.journey td:nth-child(4)').allInnerTexts())[0] ?? '', /^[●■✂–]/);
    await page.getByRole('button', { name: 'next send' }).click();
    await page.waitForFunction('report.selected > 200');
    assert.equal(await column('n1').getAttribute('aria-sort'), 'ascending');
    await column('at').getByRole('button').click();
    await page.evaluate('go({ op: 200 })');
    await page.waitForFunction('report.selected === 200');
    assert.deepEqual(await told(), inTime);
  });

  it('tells by keyboard what a pointer would be told of: logs, their epochs and their role', async () => {
    await open(valid);
    await page.focus('.plot[aria-label^="Bytes of each replica"]');
    await page.keyboard.press('.');
    const told = await page.innerText('#tip');
    assert.match(told, /^n1 at [\d.]+ s\n(master|slave) of epoch \d\nlog known to byte/);
    await page.keyboard.press('ArrowDown');
    assert.match(await page.innerText('#said'), /^n2 at/);
  });

  it('moves nothing by itself while it opens and while operations are chosen', async () => {
    await page.addInitScript(`window.shifted = 0;
      new PerformanceObserver((list) => {
        for (const { hadRecentInput, value } of list.getEntries()) if (!hadRecentInput) window.shifted += value;
      }).observe({ type: 'layout-shift', buffered: true });`);
    await open(invalid);
    await coloursDrawn();
    for (const hash of ['#op=200', '#op=204', '#t=3-5', '#checker=log/lost', '#op=1000&t=3-5']) {
      await page.evaluate(`location.hash = "${hash}"`);
      await coloursDrawn();
    }
    assert.ok((await page.evaluate<number>('window.shifted')) < 0.001);
  });

  it('filters operations', async () => {
    await open(`${valid}#t=1-2`);
    const shown = () => page.evaluate<number>('visible().filter(matches).length');
    const all = await shown();
    await page.getByLabel('operation', { exact: true }).selectOption('send');
    const sends = await shown();
    assert.ok(sends > 0 && sends < all);
    await page.getByLabel('message or error').fill('no such message');
    assert.equal(await shown(), 0);
  });

  it('takes nothing of the run for markup', async () => {
    await open(`${invalid}#checker=crashes`);
    assert.equal(await page.title(), 'invalid: log-some, seed 6');
    assert.equal(await page.locator('img').count(), 0);
    assert.ok((await page.innerText('tr.target')).includes('<img src='));
    assert.deepEqual(complaints, []);
  });

  it('is found in the index of all runs, by a filter that stands in its address', async () => {
    const rows = [
      { kind: 'log-kill', run: '2026-11-22T09.30.00Z-7', verdict: 'invalid' as const, anomalies: ['gap'] },
      { kind: 'log-none', run: '2026-11-22T09.00.00Z-6', verdict: 'valid' as const, anomalies: [] },
    ];
    writeFileSync(join(folder, 'index.html'), indexHtml(rows));
    await page.goto(`${pathToFileURL(join(folder, 'index.html')).href}#gap%20kill`);
    const shown = page.locator('tbody tr:visible');
    assert.equal(await shown.count(), 1);
    assert.match(await shown.innerText(), /2026-11-22 09:30:00/);
    await page.getByLabel('filter').fill('nothing');
    assert.equal(await shown.count(), 0);
    assert.ok(await page.getByText('No run has all of these words.').isVisible());
  });
});
