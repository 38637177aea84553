/** An operator makes a slave the master (mqadmin electMaster), while the master is well. */
import type { ActiveFault, Nemesis } from './nemesis.ts';
import { pick } from './shuffle.ts';

const variants = ['slave'] as const;

export const transferMaster: Nemesis = {
  name: 'transfer-master',
  colours: ['#e9dfa0', '#8a7a2a'],
  purpose:
    'two masters at once, a master that does not notice its successor, sends on both sides of a change',
  variants,
  plan(variant, random, view) {
    const { master, states, syncStateSet } = view;
    if (master === undefined)
      return { kind: 'no-target', variant, reason: 'the controllers name no living master' };
    const fit = syncStateSet.filter((name) => name !== master && states.get(name) === 'running');
    const node = pick(fit, random);
    if (node === undefined)
      return { kind: 'no-target', variant, reason: `no slave that runs is in the SyncStateSet of ${master}` };
    return { kind: 'planned', variant, targets: [node], links: [], nodes: [node] };
  },
  fallback: () => undefined,
  async inject(cluster, { nodes: [node = ''] }): Promise<ActiveFault> {
    const { operator } = cluster;
    const before = await operator.membership();
    let wasElected = false;
    return {
      probeBit: async () => {
        // Refused where it has just left the SyncStateSet: the driver asks again.
        if (!wasElected) await operator.electMaster(node);
        wasElected = true;
        const { master, masterEpoch } = await operator.membership();
        return {
          proven: master === node && masterEpoch > before.masterEpoch,
          proof: { master: `${before.master ?? 'nobody'} -> ${master ?? 'nobody'}`, masterEpoch },
        };
      },
      heal: () => Promise.resolve(),
      probeHealed: async () => {
        const { brokers, master } = await operator.membership();
        const running = brokers.filter((broker) => cluster.state(broker.node) === 'running');
        const behind = running.filter(({ isInSync }) => !isInSync).map((broker) => broker.node);
        return {
          proven: master !== undefined && behind.length === 0,
          proof: { master: master ?? 'nobody', ...(behind.length === 0 ? {} : { notInSync: behind }) },
        };
      },
    };
  },
};
