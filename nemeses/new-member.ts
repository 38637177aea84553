/** A server that comes with an empty disk, is taken in while the load goes on, and stays. */
import type { Clock } from '../cluster/runtime/clock.ts';
import type { ActiveFault, BreakableCluster, ProbeResult } from './nemesis.ts';
import { waitUnlessStopped } from './wait.ts';

/** A process starts, registers, and catches up with all that was ever written. */
const joinPatienceMs = 20_000;
const askAgainMs = 100;

/** How the group takes one in; asked again and again, each part does what is left of it. */
export interface Joining {
  /** Who leaves is dead: the group lets nobody go that it holds for alive. */
  readonly leavesDead: boolean;
  /** Ids of earlier lives on this host. */
  ids(): Promise<readonly string[]>;
  forget(id: string): Promise<void>;
  /** `newId`: as the wipe of the disk gave it. */
  join(oldIds: readonly string[], newId: string): Promise<ProbeResult>;
}

export async function addMember(
  cluster: BreakableCluster,
  node: string,
  joining: Joining,
  clock: Clock,
): Promise<ActiveFault> {
  const oldIds = await joining.ids();
  await cluster.kill(node);
  const newId = await cluster.wipe(node);
  await cluster.start(node);
  const join = () =>
    joining.join(oldIds, newId).catch(
      (error: unknown): ProbeResult => ({
        proven: false,
        proof: { reason: error instanceof Error ? error.message : String(error) },
      }),
    );
  return {
    probeBit: async () => {
      const left = await forgetOld(joining, oldIds);
      const runs = cluster.state(node) === 'running';
      return { proven: runs && left.length === 0, proof: { starts: runs ? [node] : [], gone: oldIds } };
    },
    goOn: async (stop) => {
      const deadlineMs = clock.monotonicMs() + joinPatienceMs;
      for (;;) {
        const joined = await join();
        // When the load ends the heal asks on.
        if (joined.proven || stop.aborted) return { ...joined, proven: true };
        if (clock.monotonicMs() >= deadlineMs)
          return { proven: false, proof: { ...joined.proof, reason: `${node} was not taken in in time` } };
        await waitUnlessStopped(askAgainMs, clock, stop);
      }
    },
    heal: () => cluster.start(node),
    probeHealed: join,
  };
}

/** Resolves with those that were still there. */
export async function forgetOld(joining: Joining, oldIds: readonly string[]): Promise<readonly string[]> {
  const left = (await joining.ids()).filter((id) => oldIds.includes(id));
  // Refused while it is held for alive: the driver asks again.
  for (const id of left) await joining.forget(id);
  return left;
}

export function brokerJoins({ operator }: BreakableCluster, node: string): Joining {
  const ofNode = async () => (await operator.membership()).brokers.filter((broker) => broker.node === node);
  return {
    leavesDead: true,
    ids: async () => (await ofNode()).map(({ brokerId }) => String(brokerId)),
    forget: (id) => operator.forgetBroker(Number(id)),
    join: async (oldIds) => {
      const now = await ofNode();
      const inSync = now.filter(({ brokerId, isInSync }) => isInSync && !oldIds.includes(String(brokerId)));
      return {
        proven: inSync.length > 0,
        proof: { inSync: inSync.map(({ brokerId }) => `${brokerId} on ${node}`) },
      };
    },
  };
}

export function controllerJoins({ operator }: BreakableCluster, node: string): Joining {
  const ofNode = async () =>
    (await operator.membership()).controllers.filter((controller) => controller.node === node);
  return {
    leavesDead: false,
    ids: async () => (await ofNode()).map(({ id }) => id),
    forget: (id) => operator.changeController('remove', { id, node }),
    join: async (_oldIds, id) => {
      const now = (await ofNode()).find((member) => member.id === id);
      if (now === undefined) await operator.changeController('add-learner', { id, node });
      else if (!now.votes) await operator.changeController('promote', { id, node });
      return {
        proven: now?.votes === true,
        proof: { votes: now?.votes === true ? [`${id} on ${node}`] : [] },
      };
    },
  };
}
