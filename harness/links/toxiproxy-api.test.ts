/** The HTTP API of a Toxiproxy, asked of the embedded server and of Shopify's: what is here is what both do. */
import assert from 'node:assert/strict';
import { it } from 'mocha';
import { describeToxiproxies } from './testing/toxiproxies-under-test.ts';

describeToxiproxies('the HTTP API of a Toxiproxy', (server) => {
  it('tells its version', async () => {
    assert.notEqual(await server().client.version(), '');
  });

  it('creates, shows, lists and deletes a proxy', async () => {
    const draft = { name: 'one', listen: '127.0.0.1:0', upstream: server().upstream.address };
    const created = await server().ask('POST', '/proxies', draft);
    assert.equal(created.status, 201);
    assert.equal(created.json['enabled'], true);
    assert.deepEqual(created.json['toxics'], []);
    assert.match(String(created.json['listen']), /^127\.0\.0\.1:[1-9]\d*$/);
    const shown = await server().ask('GET', '/proxies/one');
    assert.deepEqual(shown.json, created.json);
    const listed = await server().ask('GET', '/proxies');
    assert.deepEqual(listed.json['one'], created.json);
    const deleted = await server().ask('DELETE', '/proxies/one');
    assert.deepEqual([deleted.status, deleted.text], [204, '']);
    await server().refuses('GET', '/proxies/one', undefined, 404, 'proxy not found');
  });

  it('refuses proxies that cannot be', async () => {
    const { name } = await server().proxy();
    await server().refuses('POST', '/proxies', { name }, 400, 'missing required field: upstream');
    await server().refuses('POST', '/proxies', { upstream: 'x:1' }, 400, 'missing required field: name');
    await server().refuses('POST', '/proxies', '', 400, 'bad request body: EOF');
    await server().refuses('POST', '/proxies', '{', 400, /^bad request body: /);
    await server().refuses(
      'POST',
      '/proxies',
      { name: 5 },
      400,
      /^bad request body: json: cannot unmarshal number /,
    );
    await server().refuses('POST', '/proxies', { name, upstream: 'x:1' }, 409, 'proxy already exists');
    const taken = { name: 'taken', listen: server().upstream.address, upstream: 'x:1' };
    await server().refuses(
      'POST',
      '/proxies',
      taken,
      500,
      `listen tcp ${server().upstream.address}: bind: address already in use`,
    );
    const nowhere = { name: 'nowhere', listen: 'nowhere', upstream: 'x:1' };
    await server().refuses(
      'POST',
      '/proxies',
      nowhere,
      500,
      'listen tcp: address nowhere: missing port in address',
    );
    await server().refuses('DELETE', '/proxies/none', undefined, 404, 'proxy not found');
    await server().refuses('POST', '/proxies/none', {}, 404, 'proxy not found');
    await server().refuses('GET', '/proxies/none/toxics', undefined, 404, 'proxy not found');
  });

  it('answers as Go does where there is no such page', async () => {
    const unknown = await server().ask('GET', '/nothing');
    assert.deepEqual([unknown.status, unknown.text], [404, '404 page not found']);
    assert.equal((await server().ask('PUT', '/proxies')).status, 405);
  });

  it('gives each toxic its defaults and its name', async () => {
    const { name } = await server().proxy();
    const added = await server().ask('POST', `/proxies/${name}/toxics`, {
      type: 'latency',
      attributes: { latency: 5, more: 1 },
    });
    assert.equal(added.status, 200);
    assert.deepEqual(added.json, {
      attributes: { latency: 5, jitter: 0 },
      name: 'latency_downstream',
      type: 'latency',
      stream: 'downstream',
      toxicity: 1,
    });
    assert.deepEqual(
      (await server().ask('GET', `/proxies/${name}/toxics/latency_downstream`)).json,
      added.json,
    );
  });

  it('knows the attributes of every toxic', async () => {
    const { name } = await server().proxy();
    const attributes: Record<string, Record<string, number>> = {
      bandwidth: { rate: 1 },
      latency: { latency: 1, jitter: 2 },
      limit_data: { bytes: 3 },
      reset_peer: { timeout: 4 },
      slicer: { average_size: 5, size_variation: 1, delay: 6 },
      slow_close: { delay: 7 },
      timeout: { timeout: 8 },
    };
    for (const [type, given] of Object.entries(attributes)) {
      const added = await server().ask('POST', `/proxies/${name}/toxics`, {
        type,
        stream: 'upstream',
        attributes: given,
      });
      assert.deepEqual(added.json['attributes'], given, type);
      assert.equal(added.json['name'], `${type}_upstream`);
    }
    const listed = await server().ask('GET', `/proxies/${name}/toxics`);
    assert.deepEqual(
      (listed.json as unknown as { type: string }[]).map(({ type }) => type),
      Object.keys(attributes),
    );
  });

  it('lists upstream toxics before downstream ones', async () => {
    const { name } = await server().proxy();
    for (const stream of ['downstream', 'upstream'])
      await server().ask('POST', `/proxies/${name}/toxics`, { type: 'noop', stream });
    const { toxics } = (await server().ask('GET', `/proxies/${name}`)).json as { toxics: { name: string }[] };
    assert.deepEqual(
      toxics.map((toxic) => toxic.name),
      ['noop_upstream', 'noop_downstream'],
    );
  });

  it('changes what an update names and keeps the rest', async () => {
    const { name } = await server().proxy();
    await server().ask('POST', `/proxies/${name}/toxics`, {
      name: 't',
      type: 'latency',
      attributes: { latency: 5, jitter: 1 },
    });
    const updated = await server().ask('POST', `/proxies/${name}/toxics/t`, {
      name: 'u',
      attributes: { jitter: 3 },
    });
    assert.equal(updated.status, 200);
    assert.deepEqual(updated.json['attributes'], { latency: 5, jitter: 3 });
    assert.equal(updated.json['name'], 't');
    const lighter = await server().ask('POST', `/proxies/${name}/toxics/t`, { toxicity: 0.5 });
    assert.equal(lighter.json['toxicity'], 0.5);
    assert.deepEqual(lighter.json['attributes'], { latency: 5, jitter: 3 });
  });

  it('refuses toxics that cannot be', async () => {
    const { name } = await server().proxy();
    const path = `/proxies/${name}/toxics`;
    await server().refuses('POST', path, { type: 'nothing' }, 400, 'invalid toxic type');
    await server().refuses('POST', path, {}, 400, 'invalid toxic type');
    const sideways = 'stream was invalid, can be either upstream or downstream';
    await server().refuses('POST', path, { type: 'latency', stream: 'sideways' }, 400, sideways);
    const half = { type: 'latency', attributes: { latency: 5.5 } };
    await server().refuses('POST', path, half, 400, /^bad request body: json: cannot unmarshal number 5.5 /);
    await server().ask('POST', path, { type: 'noop' });
    await server().refuses('POST', path, { type: 'noop' }, 409, 'toxic already exists');
    await server().refuses('GET', `${path}/none`, undefined, 404, 'toxic not found');
    await server().refuses('POST', `${path}/none`, {}, 404, 'toxic not found');
    await server().refuses('DELETE', `${path}/none`, undefined, 404, 'toxic not found');
  });

  it('makes many proxies in one call and stops at the first that fails', async () => {
    const good = { name: 'good', listen: '127.0.0.1:0', upstream: 'x:1' };
    const bad = { name: 'bad', listen: server().upstream.address, upstream: 'x:1' };
    const late = { name: 'late', listen: '127.0.0.1:0', upstream: 'x:1' };
    const answer = await server().ask('POST', '/populate', [good, bad, late]);
    assert.equal(answer.status, 500);
    assert.match(String(answer.json['error']), /address already in use$/);
    assert.deepEqual(
      (answer.json['proxies'] as { name: string }[]).map(({ name }) => name),
      ['good'],
    );
    await server().refuses('GET', '/proxies/late', undefined, 404, 'proxy not found');
    await server().refuses(
      'POST',
      '/populate',
      [good, { name: 'x' }],
      400,
      'missing required field: upstream at proxy 2',
    );
    await server().refuses('POST', '/populate', {}, 400, /^bad request body: /);
  });

  it('keeps a populated proxy, and its connections, when it is populated again', async () => {
    const { name, listen } = await server().proxy();
    const { near, far } = await server().connection(listen);
    const again = await server().ask('POST', '/populate', [
      { name, listen, upstream: server().upstream.address },
    ]);
    assert.equal(again.status, 201);
    near.say('still');
    assert.equal(await far.hasReceived('still'), 'still');
    near.close();
  });

  it('resets: every proxy enabled, every toxic gone', async () => {
    const { name, listen } = await server().proxy();
    await server().client.addToxic(name, 't', 'upstream', {
      type: 'latency',
      attributes: { latency: 9, jitter: 0 },
    });
    await server().client.setEnabled(name, false);
    const reset = await server().ask('POST', '/reset');
    assert.deepEqual([reset.status, reset.text], [204, '']);
    const shown = await server().ask('GET', `/proxies/${name}`);
    assert.deepEqual([shown.json['enabled'], shown.json['toxics'], shown.json['listen']], [true, [], listen]);
  });
});
