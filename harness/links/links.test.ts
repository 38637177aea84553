/** Cuts on real sockets, in both forms of addresses, against the embedded server and Shopify's where there is one. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import type { FaultLink } from '../../checkers/history/fault.ts';
import { HostsTable } from '../../cluster/runtime/os/hosts-table.ts';
import { createOsRuntime, type OsRuntime } from '../../cluster/runtime/os/os-runtime.ts';
import { type CutFlavour, cutFlavours } from '../../nemeses/nemesis.ts';
import { clusterHosts } from '../deployment/cluster-hosts.ts';
import { startToxiproxy, type ToxiproxyProcess } from '../deployment/process/toxiproxy-process.ts';
import { findToxiproxy } from './find-toxiproxy.ts';
import { type AddressForm, planLinks } from './link-plan.ts';
import { LinkProbes } from './link-probe.ts';
import { Links } from './links.ts';
import { claimRunSlot, detectAddressForm, type RunSlot } from './run-slot.ts';
import { TestListener, TestPeer } from './testing/test-peers.ts';
import { serverOf } from './toxiproxy-choice.ts';

const hosts = clusterHosts({ brokers: 2, controllers: 1, clients: 1 });
/** For what must arrive: ends as soon as it did. */
const patienceMs = 10_000;
/** For what must not: bytes over loopback take a few milliseconds, on a busy machine too. */
const impatienceMs = 150;
const addressForm = await detectAddressForm();

const worlds: readonly { readonly form: AddressForm; readonly choice: 'embedded' | 'binary' }[] = [
  { form: 'addresses', choice: 'embedded' },
  { form: 'ports', choice: 'embedded' },
  { form: 'addresses', choice: 'binary' },
];

for (const { form, choice } of worlds) {
  describe(`links (${form}, ${choice} Toxiproxy)`, function () {
    this.timeout(30_000);
    let folder = '';
    let slot: RunSlot;
    let server: ToxiproxyProcess;
    let links: Links;
    let runtimes: ReadonlyMap<string, OsRuntime>;
    let probes: LinkProbes;
    const cleanUp: (() => unknown)[] = [];

    before(async function () {
      if (form === 'addresses' && addressForm !== 'addresses') this.skip();
      if (choice === 'binary' && findToxiproxy().kind === 'missing') this.skip();
      folder = mkdtempSync(join(tmpdir(), 'links-'));
      slot = await claimRunSlot(form, 210);
      server = await startToxiproxy(serverOf(choice), slot.api, {
        logFile: join(folder, 'log'),
        environment: {},
      });
      links = await Links.open(() => server.client, planLinks(hosts, slot));
      runtimes = new Map(
        hosts.map(({ name }) => [
          name,
          createOsRuntime({
            nodeId: name,
            hosts: HostsTable.parse(links.hostsTable(name).join('\n'), name),
            seededBugs: [],
          }),
        ]),
      );
      probes = await LinkProbes.open(links.plan, runtimes);
    });

    afterEach(async () => {
      for (const step of cleanUp.splice(0).reverse()) await step();
    });

    after(async () => {
      await probes?.close();
      for (const runtime of runtimes?.values() ?? []) await runtime.close();
      await server?.child.kill();
      await slot?.release();
      if (folder !== '') rmSync(folder, { recursive: true, force: true });
    });

    async function probe(from: string, to: string, waitMs: number) {
      const [seen] = await probes.probe([[from, to]], { patienceMs: waitMs, serverPort: () => undefined });
      return [seen?.onConnectionsOfFrom, seen?.onConnectionsOfTo];
    }

    /** On connections that the first host dialled, and on those that the second did. */
    async function assertOpen(from: string, to: string): Promise<void> {
      assert.ok(!(await probe(from, to, patienceMs)).includes(false));
    }

    async function assertCut(from: string, to: string): Promise<void> {
      assert.ok(!(await probe(from, to, impatienceMs)).includes(true));
    }

    it('all pass when nothing is cut', async () => {
      const all = hosts
        .flatMap((from) => hosts.map((to): FaultLink => [from.name, to.name]))
        .filter(([a, b]) => a !== b);
      const seen = await probes.probe(all, { patienceMs, serverPort: () => undefined });
      assert.deepEqual(
        seen.filter((probe) => probe.onConnectionsOfFrom === false || probe.onConnectionsOfTo === false),
        [],
      );
    });

    for (const flavour of cutFlavours) {
      it(`cut one way (${flavour}) stop those bytes on connections of both, and no others`, async () => {
        const cut = await links.cut([['n1', 'n2']], flavour);
        await assertCut('n1', 'n2');
        if (flavour !== 'reset') await assertOpen('n2', 'n1');
        await assertOpen('n1', 'c1');
        assert.deepEqual(links.cutLinks(), [['n1', 'n2']]);
        await cut.heal();
        await assertOpen('n1', 'n2');
        assert.deepEqual(links.cutLinks(), []);
      });
    }

    it('stay cut while another cut holds them', async () => {
      const drop = await links.cut([['n1', 'c1']], 'drop');
      const hold = await links.cut(
        [
          ['n1', 'c1'],
          ['c1', 'n1'],
        ],
        'hold',
      );
      await hold.heal();
      await assertCut('n1', 'c1');
      await assertOpen('c1', 'n1');
      await drop.heal();
      await assertOpen('n1', 'c1');
    });

    /** A connection w1 -> n1, known to be through. */
    async function clientOfN1() {
      const direct = links.plan.directAddress('n1', 10911);
      const listener = await TestListener.listen(direct.host, direct.port);
      cleanUp.push(() => listener.close());
      const table = HostsTable.parse(links.hostsTable('w1').join('\n'), 'w1');
      const { host, port } = table.resolve({ host: 'n1', port: 10911 });
      const near = await TestPeer.connect(`${host}:${port}`);
      cleanUp.push(() => near.close());
      const far = await listener.next();
      cleanUp.push(() => far.close());
      near.say('1');
      await far.hasReceived('1');
      return { near, far };
    }

    const both: readonly FaultLink[] = [
      ['w1', 'n1'],
      ['n1', 'w1'],
    ];

    it('held deliver late, in order, on the connection that was there', async () => {
      const { near, far } = await clientOfN1();
      const cut = await links.cut(both, 'hold');
      near.say('2');
      near.say('3');
      far.say('a');
      await assertCut('w1', 'n1');
      assert.deepEqual([far.received, near.received], ['1', '']);
      await cut.heal();
      assert.equal(await far.hasReceived('123'), '123');
      assert.equal(await near.hasReceived('a'), 'a');
    });

    it('dropped close at the heal, and not before, whoever closed in between', async () => {
      const { near, far } = await clientOfN1();
      const cut = await links.cut(both, 'drop');
      near.say('2');
      near.socket.end();
      await assertCut('w1', 'n1');
      assert.deepEqual([far.received, far.isClosed], ['1', false]);
      await cut.heal();
      await far.hasClosed();
      assert.equal(far.received, '1');
    });

    it('held deliver what was said before a close, and then the close', async () => {
      const { near, far } = await clientOfN1();
      const cut = await links.cut(both, 'hold');
      near.say('2');
      near.socket.end();
      await assertCut('w1', 'n1');
      assert.deepEqual([far.received, far.isClosed], ['1', false]);
      await cut.heal();
      await far.hasClosed();
      assert.equal(far.received, '12');
    });

    it('survive cuts that overlap while connections close', async () => {
      const { near, far } = await clientOfN1();
      const first = await links.cut(both, 'hold');
      const second = await links.cut(both, 'hold');
      near.say('2');
      near.socket.end();
      await assertCut('w1', 'n1');
      await first.heal();
      assert.deepEqual([far.received, far.isClosed], ['1', false]);
      await second.heal();
      await far.hasClosed();
      assert.equal(far.received, '12');
      const third = await links.cut(both, 'drop');
      await assertCut('w1', 'n1');
      await third.heal();
      await assertOpen('w1', 'n1');
    });

    it('reset end connections at the next byte', async () => {
      const { near, far } = await clientOfN1();
      const cut = await links.cut(both, 'reset');
      near.say('2');
      await Promise.all([near.hasClosed(), far.hasClosed()]);
      await cut.heal();
    });

    /** On connections that the first host dialled, and on those that the second did. */
    function delays(from: string, to: string, bytes: number) {
      return probes.delays([[from, to]], { bytes, patienceMs, isCut: () => false });
    }

    /** Again and again: a busy machine is late, too, now and then. */
    async function areQuick(from: string, to: string, bytes: number): Promise<void> {
      for (;;) {
        const probes = await delays(from, to, bytes);
        if (probes.length === 2 && probes.every(({ ms }) => ms !== undefined && ms < 295)) return;
      }
    }

    it('shaped are late or narrow one way, on connections of both, and quick again when healed', async () => {
      for (const shape of [{ latencyMs: 300, jitterMs: 20 }, { bytesPerMs: 4 }]) {
        const shaping = await links.shape([['n1', 'n2']], shape);
        const shaped = await delays('n1', 'n2', 1200);
        assert.deepEqual(
          shaped.map(({ dialledBy, ms }) => [dialledBy, ms !== undefined && ms >= 295]),
          [
            ['n1', true],
            ['n2', true],
          ],
        );
        await areQuick('n2', 'n1', 1200);
        await shaping.heal();
        await shaping.heal();
        await areQuick('n1', 'n2', 1200);
      }
    });

    it('shaped carry crumbs, or break connections after so many bytes, or some of them at once', async () => {
      const crumbs = await links.shape([['n1', 'n2']], { crumbBytes: 8, crumbGapMs: 1 });
      for (const { ms } of await delays('n1', 'n2', 1200)) assert.ok((ms ?? 0) >= 95);
      await crumbs.heal();
      const limits = await links.shape([['n1', 'n2']], { limitBytes: 1000 });
      assert.deepEqual(
        (await delays('n1', 'n2', 900)).map(({ broke }) => broke),
        [undefined, undefined],
      );
      assert.deepEqual(
        (await delays('n1', 'n2', 2000)).map(({ broke }) => broke),
        [true, true],
      );
      await limits.heal();
      const resets = await links.shape([['n1', 'n2']], { resetPercent: 50 });
      const some = [];
      while (new Set(some).size < 2) some.push(...(await delays('n1', 'n2', 100)).map(({ broke }) => broke));
      await resets.heal();
      const whole = await delays('n1', 'n2', 2000);
      assert.ok(whole.every(({ broke }) => broke === undefined));
    });

    it('shaped twice have the last shape, and one that ends under a cut is gone when that heals', async () => {
      const first = await links.shape([['n1', 'n2']], { latencyMs: 300 });
      const second = await links.shape([['n1', 'n2']], { bytesPerMs: 1000 });
      await areQuick('n1', 'n2', 100);
      await second.heal();
      for (const { ms } of await delays('n1', 'n2', 100)) assert.ok((ms ?? 0) >= 295);
      const cut = await links.cut([['n1', 'n2']], 'hold');
      await first.heal();
      await assertCut('n1', 'n2');
      await cut.heal();
      await areQuick('n1', 'n2', 100);
    });

    it('tell whether a server answers over them', async () => {
      const [silent] = await probes.probe([['w1', 'n2']], {
        patienceMs: impatienceMs,
        serverPort: () => 10911,
      });
      assert.equal(silent?.serverAnswered, false);
      const [unknown] = await probes.probe([['w1', 'n2']], { patienceMs, serverPort: () => undefined });
      assert.equal(unknown?.serverAnswered, undefined);
    });

    it('heal once, however often they are asked to', async () => {
      const flavour: CutFlavour = 'drop';
      const cut = await links.cut([['n2', 'c1']], flavour);
      await Promise.all([cut.heal(), cut.heal()]);
      await cut.heal();
      await assertOpen('n2', 'c1');
    });

    it('know that nobody dials a client', async () => {
      assert.deepEqual(await probe('n1', 'w1', patienceMs), [undefined, true]);
      assert.deepEqual(await probe('w1', 'n1', patienceMs), [true, undefined]);
    });
  });
}
