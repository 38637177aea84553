/** A broker cut down to its HA service, for the tests of this folder: registers, asks for its role, writes when it may. */
import type { Runtime } from '../../runtime/runtime.ts';
import { AutoSwitchHaService } from '../auto-switch-ha-service.ts';
import type { HaConnectionEvent, HaDelegate } from '../ha-delegate.ts';
import type { HaOptions } from '../ha-options.ts';
import { haOptionDefaults } from '../ha-options.ts';
import type { HaStore } from '../ha-store.ts';
import type { FakeController, GroupView } from './fake-controller.ts';
import type { TestStore, Written } from './test-store.ts';

export interface HaNodeOptions extends Partial<HaOptions> {
  readonly brokerId: number;
  readonly incarnation: string;
}

export class HaNode {
  readonly brokerId: number;
  readonly incarnation: string;
  readonly runtime: Runtime;
  readonly store: HaStore;
  readonly ha: AutoSwitchHaService;
  readonly deposedBy: number[] = [];
  readonly events: HaConnectionEvent[] = [];
  readonly #controller: FakeController;
  readonly #testStore: TestStore;
  #isRegistered = false;

  constructor(runtime: Runtime, testStore: TestStore, controller: FakeController, options: HaNodeOptions) {
    this.brokerId = options.brokerId;
    this.incarnation = options.incarnation;
    this.runtime = runtime;
    this.#testStore = testStore;
    this.store = testStore.store;
    this.#controller = controller;
    this.ha = new AutoSwitchHaService(
      runtime,
      this.store,
      {
        ...haOptionDefaults,
        selfBrokerId: () => this.brokerId,
        listen: { host: runtime.nodeId, port: 10912 },
        epochFilePath: 'store/epochFileCheckpoint',
        ...options,
      },
      this.#delegate(),
    );
  }

  append(payload: string): Written | undefined {
    return this.#testStore.append(payload, this.ha.roleEpoch());
  }

  payloadAt(offset: number): Promise<string | undefined> {
    return this.#testStore.payloadAt(offset);
  }

  async start(): Promise<void> {
    await this.ha.start();
    const poll = (): void => {
      void this.#poll();
      this.runtime.clock.after(100, poll);
    };
    poll();
  }

  /** A push, or the answer to a poll. May be old. */
  async applyView(view: GroupView): Promise<void> {
    if (!this.#isRegistered || view.masterBrokerId === undefined) return;
    const { masterEpoch, masterBrokerId, syncStateSet, syncStateSetEpoch } = view;
    try {
      if (masterBrokerId === this.brokerId) {
        await this.ha.changeToMaster({ masterEpoch, syncStateSet, syncStateSetEpoch });
      } else {
        await this.ha.changeToSlave({
          masterEpoch,
          masterBrokerId,
          masterHaAddress: `n${masterBrokerId}:10912`,
        });
      }
    } catch (error) {
      this.runtime.trace.log('info', String(error));
    }
  }

  async #poll(): Promise<void> {
    const view = await this.#controller.call(this.runtime, this.brokerId, 300, () => {
      const registered = this.#controller.register(this.brokerId, this.incarnation, this.ha.suspect());
      this.#controller.heartbeat(this.brokerId, this.incarnation);
      return registered;
    });
    if (view === undefined) return;
    this.#isRegistered = true;
    await this.applyView(view);
  }

  #delegate(): HaDelegate {
    return {
      proposeSyncStateSet: async (masterEpoch, setEpoch, next, incarnations) => {
        const answer = await this.#controller.call(this.runtime, this.brokerId, 300, () =>
          this.#controller.alter(this.brokerId, masterEpoch, setEpoch, next, incarnations),
        );
        return answer ?? { kind: 'unknown' };
      },
      deposed: (newerEpoch) => {
        this.deposedBy.push(newerEpoch);
      },
      connectionState: (event) => {
        this.events.push(event);
      },
    };
  }
}
