/** What the controllers decide; looked up after the first time. */
import type { BrokerSet } from '../../../cluster/controller/broker-set.ts';
import type { ControllerCommand } from '../../../cluster/controller/controller-command.ts';
import { ReplicasInfo } from '../../../cluster/controller/replicas-info.ts';

export class Decisions {
  readonly #known = new WeakMap<BrokerSet, Map<string, BrokerSet | 'refused'>>();

  /** Undefined: refused. The very same broker set: nothing has changed. */
  after(brokerSet: BrokerSet, command: ControllerCommand): BrokerSet | undefined {
    let byCommand = this.#known.get(brokerSet);
    if (byCommand === undefined) {
      byCommand = new Map();
      this.#known.set(brokerSet, byCommand);
    }
    const key = JSON.stringify(command);
    let decided = byCommand.get(key);
    if (decided === undefined) {
      const { code, after } = new ReplicasInfo([brokerSet]).decide(command);
      decided = code === 0 && after !== undefined ? after : 'refused';
      byCommand.set(key, decided);
    }
    return decided === 'refused' ? undefined : decided;
  }
}
