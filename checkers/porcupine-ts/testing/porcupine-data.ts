/** Porcupine's own test data, which lies beside the project where somebody put it; it is not part of it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJepsenEdn } from '../formats/jepsen-edn.ts';
import { eventsOfJepsen } from '../formats/jepsen-history.ts';
import { readJepsenLog } from '../formats/jepsen-log.ts';
import type { HistoryEvent } from '../operation.ts';

export const porcupineDataFolder = join('..', 'shared', 'data', 'porcupine');

/** Says why tests that need the data are skipped; undefined where it is there. */
export const porcupineDataMissing = existsSync(join(porcupineDataFolder, 'jepsen'))
  ? undefined
  : `Porcupine's test data is not at ${porcupineDataFolder} (from github.com/anishathalye/porcupine, test_data)`;

export interface EtcdLog {
  readonly number: number;
  readonly events: readonly HistoryEvent[];
  readonly legal: boolean;
}

const legalEtcdLogs = new Set([
  2, 5, 7, 18, 25, 31, 38, 45, 48, 49, 51, 53, 56, 67, 75, 76, 80, 87, 92, 98, 100, 101, 102,
]);

/** 000 to 102; 095 is empty. */
export function etcdLogs(): EtcdLog[] {
  return readdirSync(join(porcupineDataFolder, 'jepsen'))
    .sort()
    .map((name) => ({
      number: Number(name.slice(5, 8)),
      text: readFileSync(join(porcupineDataFolder, 'jepsen', name), 'utf8'),
    }))
    .filter(({ number }) => number !== 95)
    .map(({ number, text }) => ({
      number,
      events: eventsOfJepsen(readJepsenLog(text), { model: 'cas-register', failed: 'answered' }),
      legal: legalEtcdLogs.has(number),
    }));
}

export const kvNames = ['c01-ok', 'c01-bad', 'c10-ok', 'c10-bad', 'c50-ok', 'c50-bad'] as const;

export function kvLog(name: string): HistoryEvent[] {
  return eventsOfJepsen(readJepsenEdn(readFileSync(join(porcupineDataFolder, 'kv', `${name}.txt`), 'utf8')), {
    model: 'kv',
  });
}
