/** The version of a broker's topic table: {stateVersion, timestamp, counter}. In controller mode stateVersion is the masterEpoch. */

export interface DataVersion {
  readonly stateVersion: number;
  readonly timestamp: number;
  readonly counter: number;
}

export const noDataVersion: DataVersion = { stateVersion: 0, timestamp: 0, counter: 0 };

export function isSameDataVersion(a: DataVersion, b: DataVersion): boolean {
  return a.stateVersion === b.stateVersion && a.timestamp === b.timestamp && a.counter === b.counter;
}

/** Members that are missing or no numbers are 0, as in Java. */
export function dataVersionFromJson(value: unknown): DataVersion {
  if (typeof value !== 'object' || value === null) return noDataVersion;
  const members = value as Readonly<Record<string, unknown>>;
  const number = (name: string): number => {
    const member = members[name];
    const read = typeof member === 'string' || typeof member === 'bigint' ? Number(member) : member;
    return typeof read === 'number' && Number.isFinite(read) ? read : 0;
  };
  return {
    stateVersion: number('stateVersion'),
    timestamp: number('timestamp'),
    counter: number('counter'),
  };
}
