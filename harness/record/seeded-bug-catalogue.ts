/** One line per seeded bug: what the guard protects, where it was seen, what it needs, and what must be found. */
import type { AnomalyName } from '../../checkers/anomaly.ts';
import type { SeededBug } from '../../cluster/runtime/seeded-bug.ts';

/** What a campaign sets besides `--bug`, as it would be typed or written into the properties files. */
export interface BugSettings {
  /** Options of `npm run jepsen`, by name without the dashes. */
  readonly options: Readonly<Record<string, string>>;
  readonly brokerProperties: Readonly<Record<string, string>>;
  readonly controllerProperties: Readonly<Record<string, string>>;
}

export type BugWorld = 'sim' | 'process' | 'docker';

export interface SeededBugRow {
  /** The number of HOLES.md where the bug is documented (B..), or of the list of seeded bugs (S..); F: of this project's first campaign. */
  readonly id: string;
  readonly name: SeededBug;
  readonly component: string;
  /** The guard that `--bug` removes. */
  readonly guard: string;
  /** The row of HOLES.md, and the report there. */
  readonly upstream: string;
  /** Without these nothing can go wrong. The same settings without the bug are the control, and must pass. */
  readonly settings: BugSettings;
  readonly worlds: readonly BugWorld[];
  /** Those that should expose it; swarm finds it by itself. */
  readonly nemeses: string;
  /** Any one of these counts as found; another anomaly does not. */
  readonly expected: readonly AnomalyName[];
  /** Under its settings the servers may lose without the bug, too: then the control has to be free of what is expected, no more. */
  readonly controlMayFail?: boolean;
  /** In place of all-random, and why. */
  readonly inRealRuns?: { readonly nemesis: string; readonly why: string };
  /** Why a handful of real runs need not find it. */
  readonly rareOnProcesses?: string;
}

/** Registered, not counted: what it needs does not exist yet. */
export interface WaitingBug {
  readonly id: string;
  /** Where the guard can be removed already. */
  readonly name?: SeededBug;
  readonly guard: string;
  readonly upstream: string;
  readonly waitsFor: string;
}

const issue = (number: number): string => `https://github.com/apache/rocketmq/issues/${number}`;
const pull = (number: number): string => `https://github.com/apache/rocketmq/pull/${number}`;
const dledgerIssue = (number: number): string => `https://github.com/openmessaging/dledger/issues/${number}`;

const plain: BugSettings = { options: {}, brokerProperties: {}, controllerProperties: {} };
const withOptions = (options: Readonly<Record<string, string>>): BugSettings => ({ ...plain, options });
const anywhere: readonly BugWorld[] = ['sim', 'process', 'docker'];

export const seededBugCatalogue: readonly SeededBugRow[] = [
  {
    id: 'F1',
    name: 'ack-before-replication',
    component: 'acknowledgement',
    guard: 'a send is acknowledged only when every member of the SyncStateSet has it on its disk',
    upstream: 'inSyncReplicas=1, the default of SYNC_MASTER',
    settings: plain,
    worlds: anywhere,
    nemeses: 'partition,kill',
    expected: ['lost-ack-write'],
  },
  {
    id: 'F2',
    name: 'skip-truncation',
    component: 'truncation',
    guard: 'a rejoining replica cuts its log back to the last common epoch',
    upstream: 'B23, read in 5.3.3',
    settings: plain,
    worlds: anywhere,
    nemeses: 'partition,kill',
    expected: ['prefix-divergence', 'lost-ack-write'],
  },
  {
    id: 'F3',
    name: 'skip-read-round',
    component: 'reads',
    guard: 'a claim about the tail waits until every member has confirmed that it still follows this master',
    upstream: 'G5; isProcessReadEvent=false is its like in the controller',
    settings: plain,
    worlds: anywhere,
    nemeses: 'partition,kill',
    expected: ['stale-read', 'non-monotonic-read'],
  },
  {
    id: 'S01',
    name: 'ignore-pending-expansion',
    component: 'acknowledgement',
    guard: 'a replica counts from the moment it is proposed, not from the answer on',
    upstream: `B01 ${issue(5663)}`,
    settings: withOptions({ 'min-in-sync-replicas': '1' }),
    worlds: anywhere,
    nemeses: 'partition,kill',
    expected: ['lost-ack-write', 'truncate-below-confirm', 'epoch-start-below-confirm', 'under-replicated'],
    rareOnProcesses:
      'the master has to die between the proposal of a replica and the answer of the controllers: milliseconds where nothing is slow',
  },
  {
    id: 'S02',
    name: 'shrink-before-commit',
    component: 'acknowledgement',
    guard: 'a member leaves the acknowledging set only when the controllers have agreed',
    upstream: `B02, B90 ${issue(5663)}`,
    settings: withOptions({ 'min-in-sync-replicas': '1' }),
    worlds: anywhere,
    nemeses: 'partition,kill',
    expected: ['lost-ack-write', 'offset-divergence', 'under-replicated'],
  },
  {
    id: 'S03',
    name: 'min-in-sync-at-admission-only',
    component: 'acknowledgement',
    guard: 'minInSyncReplicas holds when a write is acknowledged, not only when it is let in',
    upstream: 'B15, read in 5.3.3',
    settings: plain,
    worlds: anywhere,
    nemeses: 'kill,partition',
    expected: ['under-replicated'],
  },
  {
    id: 'S04',
    name: 'count-acks-per-link',
    component: 'acknowledgement',
    guard: 'acks count once for each replica, by its newest link',
    upstream: `B14 ${issue(1155)}`,
    settings: plain,
    worlds: anywhere,
    nemeses: 'partition',
    expected: ['under-replicated', 'lost-ack-write', 'truncate-below-confirm'],
    rareOnProcesses:
      'one slave has to stand still while the connections of the other come and go: one move of sequence in thirteen',
  },
  {
    id: 'S05',
    name: 'skip-disconnected-member',
    component: 'confirmOffset',
    guard: 'a member without a connection, or one that has said nothing on it yet, holds confirmOffset back',
    upstream: `B03 ${issue(6662)}, B04 ${issue(6728)}`,
    settings: plain,
    worlds: anywhere,
    nemeses: 'partition',
    expected: ['under-replicated', 'lost-ack-write', 'offset-divergence', 'non-monotonic-read'],
  },
  {
    id: 'S06',
    name: 'shrink-from-stale-copy',
    component: 'SyncStateSet',
    guard: 'all who are gone leave in one proposal, made from what is committed now',
    upstream: `B11 ${pull(9897)}`,
    settings: withOptions({ 'min-in-sync-replicas': '1' }),
    worlds: anywhere,
    nemeses: 'kill,pause,partition',
    expected: ['stuck', 'replica-not-in-sync', 'unavailable'],
    rareOnProcesses: 'both slaves have to be lost within one look of the master, which lives on',
  },
  {
    id: 'S07',
    name: 'shrink-task-dies',
    component: 'SyncStateSet',
    guard: 'whatever goes wrong in one look at the members, the next one comes',
    upstream: `B10 ${issue(7219)}`,
    settings: plain,
    worlds: anywhere,
    nemeses: 'pause',
    expected: ['unavailable', 'stuck'],
    rareOnProcesses:
      'a slave has to stand still with nothing beside it: any second fault brings a new master, and with it a new look',
  },
  {
    id: 'S08',
    name: 'refuse-equal-epoch-start',
    component: 'epochs',
    guard: 'a new epoch replaces the one that starts at the same offset, which holds no bytes',
    upstream: `B17 ${pull(9942)}`,
    settings: plain,
    worlds: anywhere,
    nemeses: 'partition,kill',
    expected: [
      'prefix-divergence',
      'lost-ack-write',
      'offset-divergence',
      'truncate-below-confirm',
      'epoch-start-mismatch',
    ],
    rareOnProcesses:
      'two epochs have to begin at the same offset: at hundreds of writes per second the first one has bytes at once',
  },
  {
    id: 'S09',
    name: 'keep-old-epoch-label',
    component: 'transfer',
    guard: 'a master that follows itself sends under its new epoch',
    upstream: `B20 ${issue(9689)}`,
    settings: withOptions({ 'min-in-sync-replicas': '1' }),
    worlds: anywhere,
    nemeses: 'kill,partition',
    // Its slaves lack the epoch; at their next handshake they have to cut what is confirmed.
    expected: [
      'truncate-below-confirm',
      'prefix-divergence',
      'epoch-start-mismatch',
      'epoch-start-below-confirm',
    ],
    rareOnProcesses:
      'a master that is alone has to lose its role, get it again, and then follow one of those who followed it',
  },
  {
    id: 'S10',
    name: 'truncate-to-confirm',
    component: 'truncation',
    guard: 'a replica is cut at the end of the last common epoch, not at its confirmOffset, which lags',
    upstream: `B30 ${issue(5209)}`,
    settings: plain,
    worlds: anywhere,
    nemeses: 'kill,partition',
    expected: ['truncate-below-confirm', 'lost-ack-write'],
  },
  {
    id: 'B26',
    name: 'frame-by-short-header',
    component: 'transfer',
    guard: 'a frame is read when all of it is there, counted with its own header',
    upstream: `B26 ${issue(5651)}`,
    settings: plain,
    worlds: anywhere,
    nemeses: 'slow',
    expected: ['broken-link', 'stuck', 'unavailable'],
    rareOnProcesses:
      'a frame has to arrive in pieces that end within its last 16 bytes; a local link gives it whole',
  },
  {
    id: 'S11',
    name: 'truncate-in-memory-only',
    component: 'truncation',
    guard: 'a truncation is on the disk before it counts',
    upstream: `B22 ${issue(10666)}`,
    settings: plain,
    worlds: anywhere,
    nemeses: 'partition,kill',
    expected: ['prefix-divergence', 'lost-ack-write', 'offset-divergence', 'truncate-below-confirm'],
    rareOnProcesses:
      'a crash has to come between a truncation and the writes that cover what was cut: milliseconds at hundreds of writes per second',
  },
  {
    id: 'S12',
    name: 'promote-again-in-place',
    component: 'role change',
    guard: 'a master that is named again goes on, and counts no queue offset anew',
    upstream: `B07 ${issue(6344)}`,
    settings: plain,
    worlds: anywhere,
    nemeses: 'kill,partition',
    expected: ['offset-divergence', 'lost-ack-write', 'duplicate-message', 'gap'],
  },
  {
    id: 'S13',
    name: 'serve-before-role',
    component: 'role change',
    guard: 'a broker that starts is fenced until the controllers have told it its role',
    upstream: `B09 ${issue(6508)}`,
    settings: withOptions({ 'min-in-sync-replicas': '1' }),
    worlds: anywhere,
    nemeses: 'kill,partition',
    expected: ['lost-ack-write', 'offset-divergence', 'truncate-below-confirm'],
  },
  {
    id: 'S14',
    name: 'dispatch-beyond-confirm',
    component: 'recovery',
    guard:
      'after a crash nothing above the recorded confirmOffset is readable, and it counts as confirmed no more than before',
    upstream: `B05 ${issue(6609)}`,
    settings: plain,
    worlds: anywhere,
    nemeses: 'kill',
    // The fence hides the reads themselves (B09): what is seen is that the replica then has to cut what it calls confirmed.
    expected: ['truncate-below-confirm', 'phantom-message', 'aborted-read'],
  },
  {
    id: 'B06',
    name: 'skip-tail-offsets',
    component: 'recovery',
    guard: 'queue offsets are counted over the whole log, also over the tail above confirmOffset',
    upstream: `B06 ${issue(7689)}`,
    settings: plain,
    worlds: anywhere,
    nemeses: 'kill',
    expected: ['offset-divergence', 'lost-ack-write', 'gap', 'prefix-divergence'],
  },
  {
    id: 'B77',
    name: 'ack-before-fsync',
    component: 'acknowledgement',
    guard: 'under SYNC_FLUSH nothing counts as stored before it is synced',
    upstream: 'B77 https://github.com/nats-io/nats-server/issues/7564',
    settings: plain,
    inRealRuns: { nemesis: 'power-cut-all', why: 'a power cut has to meet all disks at once' },
    worlds: anywhere,
    nemeses: 'power-cut-all',
    expected: ['lost-ack-write', 'offset-divergence', 'epoch-start-below-confirm'],
  },
  {
    id: 'B23',
    name: 'trust-damaged-disk',
    component: 'recovery',
    guard:
      'a replica whose log is damaged, or ends below what it once held, is not elected before a master has mended it',
    upstream: 'B23, read in 5.3.3; https://github.com/nats-io/nats-server/issues/7549',
    settings: plain,
    inRealRuns: { nemesis: 'minority-rot', why: 'all-random draws no rot' },
    worlds: anywhere,
    nemeses: 'minority-rot',
    expected: ['lost-ack-write', 'truncate-below-confirm', 'epoch-start-below-confirm'],
  },
  {
    id: 'S15',
    name: 'compare-offsets-modulo',
    component: 'election',
    guard: 'log ends are compared with all their bits',
    upstream: `B40 ${issue(10578)}`,
    settings: plain,
    worlds: anywhere,
    nemeses: 'kill',
    // Every member of the SyncStateSet has what was acknowledged, so nothing is lost; with enableElectUncleanMaster the control loses, too.
    expected: ['shorter-log-elected'],
    rareOnProcesses:
      'one slave has to lag when the master dies, and by so much that its end is the greater one modulo 1024',
  },
  {
    id: 'S16',
    name: 'liveness-by-close-only',
    component: 'controller',
    guard: 'a broker that is silent for its time-out is inactive, also when its connection stays open',
    upstream: `B38 ${issue(9717)}`,
    settings: plain,
    worlds: anywhere,
    nemeses: 'pause',
    expected: ['unavailable', 'stuck'],
    rareOnProcesses:
      'the master has to stand still with nothing beside it for longer than the group may need',
  },
  {
    id: 'S21',
    name: 'wall-clock-expiry',
    component: 'controller',
    guard: 'the silence of a broker is measured on a clock that never jumps',
    upstream: 'DefaultBrokerHeartbeatManager, read in 5.3.3: System.currentTimeMillis()',
    settings: plain,
    inRealRuns: { nemesis: 'clock', why: 'beside other faults a failover has a cause' },
    worlds: anywhere,
    nemeses: 'clock',
    expected: ['failover-without-fault', 'unavailable', 'stuck'],
  },
  {
    id: 'S17',
    name: 'elect-once',
    component: 'controller',
    guard: 'whoever leads looks again and again for groups without a living master',
    upstream: `B32 ${issue(5009)}`,
    settings: plain,
    worlds: anywhere,
    nemeses: 'kill,pause',
    expected: ['unavailable', 'stuck'],
    rareOnProcesses: 'the master and the leading controller have to die together, with nothing beside it',
  },
  {
    id: 'S18',
    name: 'ignore-epoch-in-routes',
    component: 'nameserver',
    guard: 'a master of an older epoch than one that registered before gets no route',
    upstream: `B47 ${issue(6316)}`,
    settings: plain,
    worlds: anywhere,
    nemeses: 'partition',
    expected: ['split-route'],
    rareOnProcesses:
      'a deposed master has to reach one nameserver and no other server: one move of sequence in thirteen',
  },
  {
    id: 'B48',
    name: 'unregister-by-id',
    component: 'nameserver',
    guard: 'a good-bye ends the route of the address it came from, not of whoever holds the id now',
    upstream: `B48 ${issue(5374)}`,
    settings: plain,
    worlds: anywhere,
    nemeses: 'restart',
    expected: ['split-route'],
    rareOnProcesses:
      'a master has to be stopped while it stands still, after another one took its place: one move of sequence in thirteen',
  },
];

export const waitingBugs: readonly WaitingBug[] = [
  {
    id: 'S19',
    guard: 'a slave takes new topics before it drops old ones',
    upstream: `B51 ${pull(9404)}`,
    waitsFor: 'topics and groups that slaves poll from their master',
  },
  {
    id: 'S20',
    guard: 'consumer offsets and delay progress of a peer are taken only when they are newer',
    upstream: `B54 ${issue(1094)}, B56 ${issue(2259)}`,
    waitsFor: 'consumer groups, and the offsets and delay workloads',
  },
  {
    id: 'B45',
    guard: 'a replica is its id, whatever its address',
    upstream: `B45 ${pull(6100)}`,
    waitsFor: 'a nemesis that starts a broker under another address',
  },
  {
    id: 'B60',
    name: 'vote-by-node-term',
    guard: 'votes go by the term of the last entry, not by the term of the node',
    upstream: `B60 ${dledgerIssue(52)}`,
    waitsFor: 'the DLedger CommitLog; the random runs of the Raft core find it already',
  },
  {
    id: 'B62',
    guard: 'what is committed never lies beyond the end of the log, also after a truncation',
    upstream: `B62 ${dledgerIssue(316)}`,
    waitsFor: 'the DLedger CommitLog',
  },
  {
    id: 'B61',
    guard: 'only entries of the present term are committed by counting (Raft, Figure 8)',
    upstream: `B61 ${dledgerIssue(4)}`,
    waitsFor: 'the DLedger CommitLog',
  },
  {
    id: 'B63',
    guard: 'a follower counts as committed what it compared with the leader, not what the leader says',
    upstream: `B63 ${dledgerIssue(278)}`,
    waitsFor: 'the DLedger CommitLog',
  },
  {
    id: 'B64',
    guard: 'a leader that meets a newer term steps down',
    upstream: 'B64 https://github.com/openmessaging/dledger/pull/248',
    waitsFor: 'the DLedger CommitLog',
  },
  {
    id: 'B65',
    guard: 'a queue between the network and the log never blocks those who fill it',
    upstream: 'B65 https://github.com/openmessaging/dledger/pull/283',
    waitsFor: 'the DLedger CommitLog',
  },
  {
    id: 'B66',
    guard: 'a node asks whether it could win before it raises the term',
    upstream: `B66 ${dledgerIssue(7)}`,
    waitsFor: 'the DLedger CommitLog',
  },
  {
    id: 'B68',
    guard: 'after a crash the tail of the log is dispatched again',
    upstream: `B68 ${issue(7355)}`,
    waitsFor: 'the DLedger CommitLog',
  },
  {
    id: 'B69',
    guard: 'a file that could not be deleted still counts',
    upstream: `B69 ${pull(7284)}`,
    waitsFor: 'the cleaning of old files',
  },
];

export function rowOf(bug: SeededBug): SeededBugRow | undefined {
  return seededBugCatalogue.find(({ name }) => name === bug);
}

export function expectedOf(bug: SeededBug): readonly AnomalyName[] {
  return rowOf(bug)?.expected ?? [];
}

/** For people: "--min-in-sync-replicas 1, controllers: key=value". */
export function settingsText({ options, brokerProperties, controllerProperties }: BugSettings): string {
  const pairs = (properties: Readonly<Record<string, string>>): string =>
    Object.entries(properties)
      .map(([key, value]) => `${key}=${value}`)
      .join(' ');
  const parts = Object.entries(options).map(([name, value]) => `--${name} ${value}`);
  if (pairs(brokerProperties) !== '') parts.push(`brokers: ${pairs(brokerProperties)}`);
  if (pairs(controllerProperties) !== '') parts.push(`controllers: ${pairs(controllerProperties)}`);
  return parts.join(', ');
}
