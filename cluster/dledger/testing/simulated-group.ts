/** A DLedger group in a simulated world: members that come and go, and a record of what was acknowledged. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { SimWorld } from '../../../harness/deployment/sim/sim-world.ts';
import type { MembershipChange } from '../../raft/membership.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { DLedgerServer } from '../dledger-server.ts';
import { StreamTransport } from './stream-transport.ts';

const port = 9878;

export interface GroupMember {
  readonly id: string;
  readonly server: DLedgerServer;
  /** What the machine of this life has applied. */
  readonly applied: readonly string[];
  readonly leadership: readonly string[];
}

export class SimulatedGroup {
  readonly world: SimWorld;
  /** The founders; who joined or left comes and goes here. */
  ids: readonly string[];
  readonly #founders: readonly string[];
  readonly acknowledged: string[] = [];
  readonly #members = new Map<string, GroupMember>();

  constructor(seed: number, size = 3) {
    this.world = new SimWorld(seed);
    this.ids = Array.from({ length: size }, (_, place) => `c${place + 1}`);
    this.#founders = this.ids;
    for (const id of this.ids) this.world.host(id);
  }

  async startAll(): Promise<void> {
    for (const id of this.ids) await this.start(id);
  }

  /** A new life. */
  async start(id: string): Promise<GroupMember> {
    const runtime = this.world.host(id).start();
    const { member, begun } = this.#begin(id, runtime);
    await this.world.settle(begun);
    return member;
  }

  /** A host with an empty disk, added and promoted by whoever leads. */
  async join(id: string): Promise<GroupMember> {
    this.world.host(id);
    const member = await this.start(id);
    await this.#change({ kind: 'add-learner', id, address: `${id}:${port}` });
    await this.#change({ kind: 'promote', id });
    this.ids = [...this.ids, id];
    return member;
  }

  async remove(id: string): Promise<void> {
    await this.#change({ kind: 'remove', id });
    this.ids = this.ids.filter((each) => each !== id);
  }

  /** As an operator does: again while the group says that it cannot yet. */
  async #change(change: MembershipChange): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        const leader = await this.elect(2000);
        await this.world.settle(leader.server.changeMembership(change, 1000));
        return;
      } catch (error) {
        if (attempt === 20) throw error;
        await this.world.runFor(100);
      }
    }
  }

  kill(id: string, options?: { readonly powerCut?: boolean }): void {
    this.world.host(id).kill(options);
    this.#members.delete(id);
  }

  member(id: string): GroupMember {
    const member = this.#members.get(id);
    assert(member !== undefined, `${id} does not run`);
    return member;
  }

  members(): readonly GroupMember[] {
    return [...this.#members.values()];
  }

  /** The member that leads the newest term. */
  leader(): GroupMember | undefined {
    const leaders = this.members().filter(({ server }) => server.isLeader());
    return leaders.sort((a, b) => b.server.term() - a.server.term())[0];
  }

  /** Time goes on until one of the members that are not excepted leads; `leader` afterwards. */
  async elect(limitMs: number, except: readonly string[] = []): Promise<GroupMember> {
    let found: GroupMember | undefined;
    await this.world.run(() => {
      found = this.members().find(({ id, server }) => server.isLeader() && !except.includes(id));
      return found !== undefined;
    }, limitMs);
    assert(found !== undefined);
    return found;
  }

  /** Resolves when it is committed, and notes that. */
  async propose(member: GroupMember, body: string, timeoutMs = 1000): Promise<unknown> {
    const result = await this.world.settle(member.server.propose(Buffer.from(body), timeoutMs));
    this.acknowledged.push(body);
    return result;
  }

  /** For proposals under way while other things happen. */
  proposeAside(member: GroupMember, body: string): void {
    void member.server.propose(Buffer.from(body), 1000).then(
      () => this.acknowledged.push(body),
      () => undefined,
    );
  }

  /** All members run and have applied the same, with all that was acknowledged in it. */
  async agree(limitMs = 10_000): Promise<readonly string[]> {
    await this.world.run(() => {
      const indexes = this.members().map(({ server }) => server.appliedIndex());
      return this.leader() !== undefined && indexes.length === this.ids.length && new Set(indexes).size === 1;
    }, limitMs);
    const [first] = this.members();
    assert(first !== undefined);
    for (const { id, applied } of this.members()) {
      assert.deepEqual(applied, first.applied, `${id} and ${first.id} have applied different things`);
    }
    assert.deepEqual(
      this.acknowledged.filter((body) => !first.applied.includes(body)),
      [],
      'acknowledged and lost',
    );
    return first.applied;
  }

  #begin(id: string, runtime: Runtime): { member: GroupMember; begun: Promise<void> } {
    const addresses = new Map(
      [...this.#founders, ...this.ids, id].map((peerId) => [peerId, { host: peerId, port }]),
    );
    const transport = new StreamTransport(runtime, id, addresses);
    const applied: string[] = [];
    const leadership: string[] = [];
    const server = new DLedgerServer(
      runtime,
      {
        group: 'test',
        selfId: id,
        peers: new Map([...this.#founders, id].map((peerId) => [peerId, `${peerId}:${port}`])),
        joins: !this.#founders.includes(id),
        storePath: 'store',
      },
      transport,
      { apply: ({ body }) => applied.push(Buffer.from(body).toString()) },
    );
    server.onLeadership((isLeader, term) => leadership.push(`${isLeader ? 'leads' : 'led'} ${term}`));
    const member = { id, server, applied, leadership };
    const begun = server.start().then(async () => {
      await transport.listen({ host: id, port });
      this.#members.set(id, member);
    });
    return { member, begun };
  }
}
