/** Session guarantees and metadata, against every pair of operations. */
import type { Operation } from '../history/operation.ts';
import { pairOperations } from '../history/paired-operations.ts';
import { pull, send, spell } from '../history/spelled-history.ts';
import { checkMetadata, type MetadataOperation } from '../metadata/metadata-regress.ts';
import { Sessions } from '../session/sessions.ts';
import { findings, type Oracle } from './oracle.ts';

export const sessionOracle: Oracle = {
  name: 'log/sessions',
  compare(random) {
    const nextAt = [0, 0];
    const spelled = Array.from({ length: 2 + random.int(5) }, (_, at) => {
      const process = random.int(2);
      const call = (nextAt[process] ?? 0) + 1 + random.int(3);
      const ret = call + 1 + random.int(4);
      nextAt[process] = ret;
      if (random.oneIn(2))
        return send(process, `m${at}`, [call, ret], random.oneIn(5) ? 'fail' : random.int(4));
      const messages = random.oneIn(2) ? [] : ['x', 'y'].slice(random.int(2));
      return pull(process, random.int(4), [call, ret], messages);
    });
    const operations: Operation[] = spell(...spelled);
    const pairs = pairOperations(operations);
    const sessions = new Sessions();
    for (const pair of pairs) sessions.add(pair);
    const names = new Set<string>();
    const ends = pairs.flatMap(({ invoked, done }) => {
      if (done?.type !== 'ok') return [];
      const base = { process: invoked.process, at: done.time };
      if (done.f === 'send')
        return [{ ...base, wrote: (done.value.offset ?? 0) + 1, saw: 0, most: Infinity }];
      if (done.f !== 'pull') return [];
      const saw = Math.max(0, ...(done.value.messages ?? []).map(([offset]) => offset + 1));
      return [{ ...base, wrote: 0, saw, most: saw === 0 ? done.value.from : Infinity }];
    });
    for (const before of ends) {
      for (const after of ends) {
        if (before.process !== after.process || before.at >= after.at) continue;
        if (after.most < before.wrote) names.add('read-your-writes');
        if (after.most < before.saw) names.add('monotonic-reads');
        if (after.wrote > 0 && after.wrote <= before.wrote) names.add('monotonic-writes');
        if (after.wrote > 0 && after.wrote <= before.saw) names.add('writes-follow-reads');
      }
    }
    const judged = findings(Object.keys(sessions.result().anomalyCounts));
    return { judged, naive: findings(names), history: operations };
  },
};

export const metadataOracle: Oracle = {
  name: 'metadata/versions',
  compare(random) {
    const operations = Array.from({ length: 2 + random.int(4) }, (_, index): MetadataOperation => {
      const { call, ret } = random.interval(12, 5);
      const version = random.int(4);
      const base = {
        subject: random.pick(['a', 'b']),
        index,
        call,
        version,
        content: random.oneIn(10) ? 'else' : `c${version}`,
      };
      if (random.oneIn(3)) return { ...base, kind: 'update', ret: random.oneIn(5) ? Infinity : ret };
      if (random.oneIn(2)) return { ...base, kind: 'read', ret };
      return { ...base, kind: 'read', ret: call, observer: random.pick(['n1', 'n2']) };
    });
    const names = new Set<string>();
    for (const one of operations) {
      for (const other of operations) {
        if (one === other || one.subject !== other.subject) continue;
        const same = one.version === other.version;
        const shared = one.observer === undefined && other.observer === undefined;
        const updates = one.kind === 'update' && other.kind === 'update';
        if (same && updates) names.add('lost-update');
        const known = operations.filter(
          ({ subject, version, kind }) =>
            subject === one.subject && version === one.version && kind === 'update',
        );
        const differs = one.kind === 'read' && known.every(({ content }) => content !== one.content);
        if (differs && (known.length > 0 || (same && one.content !== other.content)))
          names.add('metadata-divergence');
        if (shared && other.version < one.version && other.call > one.ret) names.add('metadata-regress');
        const readOfUpdate = same && one.kind === 'read' && other.kind === 'update' && shared;
        const alsoBehind = operations.some(
          ({ subject, version, call, observer }) =>
            subject === one.subject && observer === undefined && version < one.version && call > one.ret,
        );
        if (readOfUpdate && other.call > one.ret && !alsoBehind) names.add('future-read');
        const observed = one.observer !== undefined && one.observer === other.observer;
        const isAfter = other.call > one.call || (other.call === one.call && other.index > one.index);
        if (observed && isAfter && other.version < one.version) names.add('metadata-regress');
      }
    }
    const judged = findings(Object.keys(checkMetadata(operations).anomalyCounts));
    return { judged, naive: findings(names), history: operations };
  },
};
