/** Which hosts the words of a script mean, in the cluster as it is. Pure. */
import type { ClusterView, HostKind } from '../nemesis.ts';

export class HostWordError extends Error {
  override readonly name = 'HostWordError';
}

const kinds: Readonly<Record<string, HostKind>> = {
  brokers: 'broker',
  controllers: 'controller',
  clients: 'client',
};

/**
 * Roles: `master`, `slave` and `other-slave` (brokers in the SyncStateSet that are not the master, by name), `controller-leader`,
 * `other-controllers`. Groups: `brokers`, `controllers`, `clients`, `all`; `rest` is everybody that `besides` does not name. Else a host's
 * own name, or one that the script gave. Throws HostWordError where a word means nobody.
 */
export function hostsOf(
  words: readonly string[],
  view: ClusterView,
  given: ReadonlyMap<string, string>,
  besides: readonly string[] = [],
): readonly string[] {
  const found = words.flatMap((word) => hostsOfWord(word, view, given, besides));
  return [...new Set(found)];
}

function hostsOfWord(
  word: string,
  view: ClusterView,
  given: ReadonlyMap<string, string>,
  besides: readonly string[],
): readonly string[] {
  const names = (kind?: HostKind) =>
    view.hosts.filter((host) => kind === undefined || host.kind === kind).map(({ name }) => name);
  const slaves = () => [...view.syncStateSet].filter((name) => name !== view.master).sort();
  const one = (name: string | undefined): readonly string[] => {
    if (name !== undefined) return [name];
    throw new HostWordError(
      `"${word}" is nobody now: master ${view.master ?? 'none'}, SyncStateSet ${view.syncStateSet.join(',') || 'empty'}, controller leader ${view.controllerLeader ?? 'none'}`,
    );
  };
  const name = given.get(word);
  if (name !== undefined) return [name];
  const kind = kinds[word];
  if (kind !== undefined) return names(kind);
  switch (word) {
    case 'all':
      return names();
    case 'rest':
      return names().filter((host) => !besides.includes(host));
    case 'master':
      return one(view.master);
    case 'slave':
      return one(slaves()[0]);
    case 'other-slave':
      return one(slaves()[1]);
    case 'controller-leader':
      return one(view.controllerLeader);
    case 'other-controllers':
      return names('controller').filter((host) => host !== view.controllerLeader);
    default:
      if (names().includes(word)) return [word];
      throw new HostWordError(`no host and no word "${word}"; hosts: ${names().join(', ')}`);
  }
}
