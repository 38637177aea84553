import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { checkMetadata, type MetadataOperation } from './metadata-regress.ts';

const made = (
  index: number,
  version: number,
  call: number,
  more: Partial<MetadataOperation> = {},
): MetadataOperation => ({
  ...{ subject: 'topic t', kind: 'update', index, version, content: `c${version}`, call, ret: call + 1 },
  ...more,
});
const told = (...[index, version, call, more]: Parameters<typeof made>) =>
  made(index, version, call, { kind: 'read', ...more });
const sound = [made(0, 1, 0), told(1, 1, 5), made(2, 2, 10), told(3, 2, 20)];

describe('the judge of metadata', () => {
  it('accepts versions that rise, and subjects apart', () => {
    assert.equal(checkMetadata([...sound, told(4, 1, 30, { subject: 'group g' })]).verdict, 'valid');
  });

  const refused: Readonly<Record<string, readonly [MetadataOperation, readonly number[]]>> = {
    'metadata-regress': [told(4, 1, 30), [2, 4]],
    'metadata-divergence': [told(4, 2, 30, { content: 'else' }), [2, 4]],
    'lost-update': [made(4, 2, 9), [2, 4]],
    'future-read': [told(4, 3, 30), [4, 5]],
  };
  for (const [name, [operation, operations]] of Object.entries(refused)) {
    it(`refuses the smallest ${name}, and names its operations`, () => {
      const more = name === 'future-read' ? [made(5, 3, 40)] : [];
      const result = checkMetadata([...sound, operation, ...more]);
      assert.deepEqual(Object.keys(result.anomalyCounts), [name]);
      assert.deepEqual(result.anomalies[0]?.operations, operations);
    });
  }

  it('lets an observer learn late, and never go back', () => {
    const late = told(4, 1, 30, { observer: 'w1' });
    assert.equal(checkMetadata([...sound, late]).verdict, 'valid');
    const back = [told(4, 2, 30, { observer: 'w1' }), told(5, 1, 40, { observer: 'w1' })];
    assert.deepEqual(checkMetadata([...sound, ...back]).anomalyCounts, { 'metadata-regress': 1 });
  });

  it('knows nothing where nobody told a version', () => assert.equal(checkMetadata([]).verdict, 'unknown'));
});
