import assert from 'node:assert/strict';
import { appendFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { createServer } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { UsageError } from '../usage-error.ts';
import { ResultsServer } from './results-server.ts';
import { planOfTests, ResultsFolders, resultsOfTests, runOfTests } from './testing/results-folders.ts';

interface Answer {
  readonly code: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const run = 'log-kill/2026-11-20T08.00.00Z-7';
const bad = 'log-kill/2026-11-20T09.00.00Z-8';
const markup = '<img src=x onerror=alert(1)>';

describe('the server of a results folder', () => {
  const results = new ResultsFolders();
  const outside = new ResultsFolders();
  const server = new ResultsServer({ results: results.folder, host: '127.0.0.1', port: 0 });
  let port = 0;

  /** The path goes out as it stands here: no client makes it nicer. */
  function ask(
    path: string,
    { method = 'GET', host }: { method?: string; host?: string } = {},
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const headers = host === undefined ? {} : { host };
      request({ host: '127.0.0.1', port, path, method, headers, agent: false }, resolve)
        .on('error', reject)
        .end();
    });
  }

  async function get(path: string, options?: { method?: string; host?: string }): Promise<Answer> {
    const response = await ask(path, options);
    let body = '';
    for await (const chunk of response.setEncoding('utf8')) body += String(chunk);
    return { code: response.statusCode ?? 0, headers: response.headers, body };
  }

  before(async () => {
    outside.write({ 'secret.txt': 'secret' });
    results.write({
      ...runOfTests(run, 'invalid'),
      ...runOfTests(bad),
      [`${bad}/results.json`]: resultsOfTests('unknown', 10, { anomalies: [markup] }),
      [`${run}/history.jsonl`]: '{"index":0}\n',
      [`${run}/nodes/n1/node log.txt`]: 'started\n',
      [`${run}/empty.log`]: '',
      'log-kill/2026-11-20T07.00.00Z-1/results.json': '{"verd',
    });
    symlinkSync(outside.folder, join(results.folder, 'way-out'));
    symlinkSync(run, join(results.folder, 'latest'));
    port = Number(new URL(await server.listen()).port);
  });
  after(async () => {
    await server.close();
    results.remove();
    outside.remove();
  });

  it('lists runs, broken ones too, and links to their reports', async () => {
    const { code, headers, body } = await get('/');
    assert.equal(code, 200);
    assert.equal(headers['content-type'], 'text/html; charset=utf-8');
    assert.ok(body.includes(`href="/files/${run}/report.html"`));
    assert.match(body, /results\.json: it is not whole/);
    assert.match(body, /lost-ack-write/);
    assert.ok(!body.includes(markup) && body.includes('&lt;img src=x'));
  });

  it('filters by the address', async () => {
    const { body } = await get('/?verdict=invalid');
    assert.ok(body.includes(run) && !body.includes(bad));
    assert.match((await get('/?q=nothing-has-this')).body, /None of 3 fits/);
  });

  it('lets no script into its own pages but its own', async () => {
    const { headers, body } = await get('/');
    const policy = String(headers['content-security-policy']);
    assert.match(policy, /default-src 'none'; script-src 'self';/);
    assert.doesNotMatch(policy, /unsafe|\*/);
    assert.doesNotMatch(body, /<script(?![^>]* src="\/assets\/)|<style|\son\w+="|\sstyle="/);
    assert.equal(headers['x-content-type-options'], 'nosniff');
  });

  it('gives the files of runs, as what they are, each in a sandbox', async () => {
    const report = await get(`/files/${run}/report.html`);
    assert.equal(report.headers['content-type'], 'text/html; charset=utf-8');
    assert.match(
      String(report.headers['content-security-policy']),
      /^sandbox allow-scripts (?!.*same-origin)/,
    );
    const types = {
      'results.json': 'application/json; charset=utf-8',
      'history.jsonl': 'text/plain; charset=utf-8',
      'nodes/n1/node%20log.txt': 'text/plain; charset=utf-8',
    };
    for (const [name, type] of Object.entries(types))
      assert.equal((await get(`/files/${run}/${name}`)).headers['content-type'], type);
    assert.deepEqual(
      [(await get(`/files/${run}/empty.log`)).body, (await get(`/files/latest/empty.log`)).code],
      ['', 200],
    );
  });

  it('lists folders, and leads to them from their bare name', async () => {
    const { body } = await get(`/files/${run}/nodes/n1/`);
    assert.match(body, /<a href="node%20log\.txt">node log\.txt<\/a>/);
    const bare = await get(`/files/${run}`);
    assert.deepEqual([bare.code, bare.headers.location], [302, `/files/${run}/`]);
  });

  it('sets two runs side by side, and says what it wants where they are not two', async () => {
    const { code, body } = await get(`/compare?a=${run}&b=${bad}`);
    assert.equal(code, 200);
    assert.ok(body.includes(`data-a="${run}"`) && body.includes(`data-b="${bad}"`));
    assert.ok(!body.includes(markup) && body.includes('&lt;img src=x'));
    const ticked = await get(`/compare?run=${encodeURIComponent(run)}&run=${encodeURIComponent(bad)}`);
    assert.equal(ticked.headers.location, `/compare?a=${run}&b=${bad}`);
    assert.match((await get(`/compare?a=${run}`)).body, /Tick two rows/);
    assert.equal((await get(`/compare?a=${run}&b=../..`)).code, 404);
  });

  it('adds up the history of a run', async () => {
    const { body, headers } = await get(`/api/series/${run}`);
    assert.equal(headers['content-type'], 'application/json; charset=utf-8');
    assert.deepEqual(Object.keys(JSON.parse(body) as object), ['series', 'totals', 'bands', 'colours']);
    assert.equal((await get('/api/series/no/run')).code, 404);
  });

  it('draws trends out of data that cannot end its element', async () => {
    const { code, body } = await get('/trends');
    assert.equal(code, 200);
    assert.match(body, /log-kill · process/);
    const data = [...body.matchAll(/<script type="application\/json" class="data">([^<]*)<\/script>/g)];
    assert.deepEqual(
      data.map(([, text]) => (JSON.parse(text ?? '') as { ok: unknown }).ok),
      [[150, 150]],
    );
    assert.match((await get('/trends?world=sim')).body, /No finished run fits/);
  });

  it('gives nothing from outside the results folder, however it is asked', async () => {
    const name = outside.folder.split('/').at(-1);
    const tries = [
      `/files/../${name}/secret.txt`,
      `/files/%2e%2e/${name}/secret.txt`,
      `/files/..%2f${name}%2fsecret.txt`,
      `/files/..%5c${name}%5csecret.txt`,
      `/files/${run}/../../../${name}/secret.txt`,
      '/files/way-out/secret.txt',
      '/files/way-out/',
      `/files//${outside.folder}/secret.txt`,
      `/files/${encodeURIComponent(`${outside.folder}/secret.txt`)}`,
      '/files/%00',
      '/files/%zz',
      '/../../etc/passwd',
      '/assets/../results-server.ts',
      '/assets/..%2fresults-server.ts',
      `/live/../${name}`,
      `/api/live/%2e%2e/${name}`,
    ];
    for (const path of tries) {
      const { code, body } = await get(path);
      assert.equal(code, 404, path);
      assert.doesNotMatch(body, /secret<|^secret/, path);
    }
  });

  it('does nothing but show', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const { code, headers } = await get('/', { method });
      assert.deepEqual([code, headers.allow], [405, 'GET'], method);
    }
  });

  it('answers to the names of this machine alone, while nobody else may ask', async () => {
    assert.equal((await get('/', { host: `localhost:${port}` })).code, 200);
    assert.equal((await get('/', { host: '[::1]:80' })).code, 200);
    for (const host of ['example.invalid', `127.0.0.1.example.invalid:${port}`, 'localhost.example.invalid'])
      assert.equal((await get(`/files/${run}/results.json`, { host })).code, 421, host);
  });

  it('follows a run: what is there, what comes, and the end', async () => {
    const path = 'log-kill/2026-11-22T10.00.00Z-9';
    const now = Date.now();
    const send = (type: string, time: number) =>
      `${JSON.stringify({ index: 0, time, process: 1, type, f: 'send', value: { queue: 'q/0', message: 'a' } })}\n`;
    results.write({
      [`${path}/progress.json`]: {
        ...{ version: 1, pid: process.pid, host: hostname(), plan: planOfTests, phase: 'load' },
        ...{ startWallMs: now, updatedWallMs: now, phaseStartWallMs: now, loadStartWallMs: now },
        load: {
          elapsedS: 1,
          master: 'n2',
          masterEpoch: 3,
          syncStateSet: ['n1', 'n2'],
          controllerLeader: 'c1',
        },
        ...{ activeFaults: [], notes: ['hello'], broke: null },
      },
      [`${path}/history.jsonl`]: send('invoke', 1e6) + send('ok', 5e6),
      [`${path}/faults.jsonl`]: `${JSON.stringify({ time: 2e6, fault: 'kill-1', phase: 'inject', nemesis: 'kill', variant: 'master', targets: ['n2'] })}\n`,
    });
    assert.match((await get('/')).body, new RegExp(`href="/live/${path}"`));
    assert.match((await get(`/live/${path}`)).body, /id="phases"/);
    const response = await ask(`/api/live/${path}`);
    assert.equal(response.headers['content-type'], 'text/event-stream; charset=utf-8');
    const events: { readonly event: string; readonly data: Record<string, unknown> }[] = [];
    let text = '';
    let isOver = false;
    for await (const chunk of response.setEncoding('utf8')) {
      text += String(chunk);
      const whole = text.split('\n\n');
      text = whole.pop() ?? '';
      for (const one of whole) {
        const [, event, data] = /^event: (\w+)\ndata: (.*)$/.exec(one) ?? [];
        if (event !== undefined && data !== undefined) events.push({ event, data: JSON.parse(data) });
      }
      // On a busy machine several looks come at once.
      if (events.length >= 2 && !isOver) {
        isOver = true;
        appendFileSync(join(results.folder, path, 'history.jsonl'), send('invoke', 6e6) + send('ok', 7e6));
        results.write(runOfTests(path, 'invalid'));
        rmSync(join(results.folder, path, 'progress.json'));
      }
    }
    const states = events.filter(({ event }) => event === 'state').map(({ data }) => data);
    const [first] = states as { outcome: string; nodes: { name: string; role: string; hits: string[] }[] }[];
    assert.equal(first?.outcome, 'running');
    assert.deepEqual(first?.nodes.slice(1, 4), [
      { name: 'n2', kind: 'broker', role: 'master, epoch 3', mark: 'master', hits: ['kill-1 master'] },
      { name: 'n3', kind: 'broker', role: 'not in the SyncStateSet', mark: '', hits: [] },
      { name: 'c1', kind: 'controller', role: 'leads the controllers', mark: 'slave', hits: [] },
    ]);
    const last = states.at(-1) as { outcome: string; totals: { sendOk: number }; ended: { report: string } };
    assert.deepEqual(
      [last.outcome, last.totals.sendOk, last.ended.report],
      ['invalid', 2, `/files/${path}/report.html`],
    );
    assert.equal(events.at(-1)?.event, 'over');
  });

  it('follows a campaign to its record, and then leads to its report', async () => {
    const path = 'sim-swarm/2026-11-22T11.00.00Z-campaign';
    const now = Date.now();
    results.write({
      [`${path}/progress.json`]: {
        ...{ version: 1, collection: 'campaign', pid: process.pid, host: hostname(), world: 'sim' },
        ...{ startWallMs: now - 60_000, updatedWallMs: now, done: 2, wanted: 3, lately: 'vi', broke: null },
        verdicts: { valid: 1, invalid: 1, unknown: 0, broke: 0 },
        notValid: [{ name: 'seed 8', verdict: 'invalid', why: 'gap', folder: '../2026-11-22T11.00.01Z-8' }],
      },
    });
    assert.match((await get('/')).body, new RegExp(`href="/live/${path}"`));
    assert.match((await get(`/live/${path}`)).body, /seeds done/);
    const response = await ask(`/api/live/${path}`);
    const states: {
      done: number;
      leftS: number;
      notValid: { report: string }[];
      ended?: { report: string };
    }[] = [];
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) {
      text += String(chunk);
      const whole = text.split('\n\n');
      text = whole.pop() ?? '';
      for (const one of whole) {
        const data = /^event: state\ndata: (.*)$/.exec(one)?.[1];
        if (data !== undefined) states.push(JSON.parse(data));
      }
      if (states.length !== 1) continue;
      results.write({
        [`${path}/campaign.json`]: { verdict: 'invalid', seedsDone: 3, verdicts: { valid: 2, invalid: 1 } },
      });
      rmSync(join(results.folder, path, 'progress.json'), { force: true });
    }
    const [first, last] = [states[0], states.at(-1)];
    assert.equal(first?.done, 2);
    assert.ok(Math.abs((first?.leftS ?? 0) - 30) < 20, `${first?.leftS}`);
    assert.equal(first?.notValid[0]?.report, '/files/sim-swarm/2026-11-22T11.00.01Z-8/report.html');
    assert.deepEqual([last?.done, last?.ended?.report], [3, `/files/${path}/report.html`]);
    assert.equal((await get(`/live/${path}`)).headers.location, `/files/${path}/report.html`);
  });

  it('says so, in one sentence, where it cannot begin', async () => {
    const taken = createServer();
    await new Promise<void>((done) => taken.listen(0, '127.0.0.1', done));
    const { port: inUse } = taken.address() as { port: number };
    const beginning = (options: object) =>
      new ResultsServer({ results: results.folder, host: '127.0.0.1', port: inUse, ...options }).listen();
    await assert.rejects(beginning({}), (error: Error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, new RegExp(`^--port: ${inUse} is in use on 127.0.0.1; choose another`));
      return true;
    });
    await new Promise((done) => taken.close(done));
    await assert.rejects(
      beginning({ results: join(results.folder, 'nowhere') }),
      /^UsageError: --results: cannot read/,
    );
    writeFileSync(join(results.folder, 'file'), '');
    await assert.rejects(
      beginning({ results: join(results.folder, 'file') }),
      /^UsageError: --results: cannot read/,
    );
    await assert.rejects(
      beginning({ host: '192.0.2.1', port: 0 }),
      /^UsageError: --host: cannot listen on 192\.0\.2\.1/,
    );
  });
});
