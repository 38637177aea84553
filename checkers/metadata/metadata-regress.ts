/** Topics, groups and routes with a version: nobody is told an older one after a newer one was there, nor two contents of one version. */
import type { AnomalyName, CheckResult } from '../anomaly.ts';
import { AnomalyCollector } from '../anomaly-collector.ts';
import { seconds } from '../history/interval.ts';
import { type StateConflict, type StateOperation, stateConflicts } from '../register/versioned-states.ts';

export type MetadataOperation = StateOperation & {
  /** 'topic orders', 'route of broker-a', ... */
  readonly subject: string;
};

const names: Readonly<Record<StateConflict['kind'], AnomalyName>> = {
  'two-updates': 'lost-update',
  'two-contents': 'metadata-divergence',
  'read-before-update': 'future-read',
  'update-behind': 'metadata-regress',
  'read-behind': 'metadata-regress',
  'observer-back': 'metadata-regress',
};

export function checkMetadata(operations: readonly MetadataOperation[]): CheckResult {
  const found = new AnomalyCollector();
  const subjects = new Map<string, MetadataOperation[]>();
  for (const operation of operations) {
    const known = subjects.get(operation.subject);
    if (known === undefined) subjects.set(operation.subject, [operation]);
    else known.push(operation);
  }
  for (const [subject, own] of subjects) {
    for (const { kind, one, other } of stateConflicts(own)) {
      found.add({
        name: names[kind],
        detail: `${subject}: ${said(one)}; ${said(other)}`,
        operations: [one.index, other.index].sort((a, b) => a - b),
        at: other.call,
        nodes: [one, other].flatMap(({ observer }) => (observer === undefined ? [] : [observer])),
      });
    }
  }
  return found.result(
    'metadata/versions',
    `${operations.length} sights of ${subjects.size} things, none went back`,
    { subjects: subjects.size },
    operations.length === 0 ? 'nobody told a version of anything' : undefined,
  );
}

function said({ kind, version, content, call, ret, observer = 'somebody' }: StateOperation): string {
  const end = ret === Infinity ? 'an end that nobody knows' : seconds(ret);
  return `${observer} ${kind === 'update' ? 'made' : 'was told'} version ${version} (${content}) from ${seconds(call)} to ${end}`;
}
