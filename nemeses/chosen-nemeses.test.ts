import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { type ChosenNemeses, type Circumstances, chooseNemeses, usualSettings } from './chosen-nemeses.ts';
import type { Ability } from './nemesis.ts';

const able: Circumstances = {
  settings: usualSettings,
  abilities: new Set<Ability>(['clock', 'disk', 'shape']),
  expectLoss: false,
};

function chosen(names: readonly string[], circumstances: Partial<Circumstances> = {}): ChosenNemeses {
  const outcome = chooseNemeses(names, { ...able, ...circumstances });
  assert('nemeses' in outcome, JSON.stringify(outcome));
  return outcome;
}

const variantsOf = (name: string, circumstances: Partial<Circumstances> = {}) =>
  chosen([name], circumstances).nemeses[0]?.variants ?? [];
const kindsOf = (variants: readonly string[]) => [...new Set(variants.map((one) => one.split('/')[0]))];

describe('the choice of nemeses', () => {
  it('has of the disk’s variants those that the guarantees cover', () => {
    assert.deepEqual(kindsOf(variantsOf('disk')), ['lose-unsynced', 'torn-write', 'slow', 'full']);
    assert.deepEqual(
      variantsOf('disk').filter((variant) => /^(slow|full)/.test(variant)),
      ['slow/one', 'full/one'],
    );
    assert.equal(kindsOf(variantsOf('disk', { expectLoss: true })).length, 7);
  });

  it('takes a part of a nemesis by name', () => {
    assert.deepEqual(variantsOf('disk:full'), ['full/one']);
    assert.deepEqual(variantsOf('clock:bump/all'), ['bump/all']);
    assert.equal(variantsOf('partition:half').length, 3);
  });

  it('refuses what exceeds the guarantees, with the reason, unless loss is expected', () => {
    const refusal = chooseNemeses(['disk:bit-flip/majority'], able);
    assert('kind' in refusal && refusal.kind === 'exceeds' && /on 2 disks for certain/.test(refusal.reason));
    assert.deepEqual(variantsOf('disk:bit-flip'), ['bit-flip/one', 'bit-flip/minority']);
    const settings = { ...usualSettings, minInSyncReplicas: 1 };
    assert('kind' in chooseNemeses(['disk:truncate/one'], { ...able, settings }));
    assert.equal(variantsOf('disk:bit-flip', { expectLoss: true }).length, 4);
    const all = chooseNemeses(['disk:full/all'], able);
    assert('kind' in all && all.kind === 'exceeds' && all.variant === 'full/all');
  });

  it('lets damage come by name only: before the next comes somebody has to see that the last one is repaired', () => {
    assert.ok(variantsOf('disk').every((variant) => !/bit-flip|truncate|read-error/.test(variant)));
  });

  it('refuses power cuts where acknowledgements do not wait for the disk', () => {
    const settings = { ...usualSettings, flush: 'async' } as const;
    for (const name of ['disk', 'disk:lose-unsynced', 'disk:torn-write/one']) {
      const refusal = chooseNemeses([name], { ...able, settings });
      assert('kind' in refusal && refusal.kind === 'exceeds' && /ASYNC_FLUSH/.test(refusal.reason), name);
    }
    assert.deepEqual(variantsOf('disk:slow', { settings }), ['slow/one']);
    assert.equal(variantsOf('disk:lose-unsynced', { settings, expectLoss: true }).length, 4);
  });

  it('refuses what the world cannot do', () => {
    const refusal = chooseNemeses(['kill', 'clock'], { ...able, abilities: new Set() });
    assert.deepEqual(refusal, { kind: 'world', name: 'clock', needs: 'clock' });
  });

  it('refuses names that do not exist, of a nemesis or of a part', () => {
    assert.deepEqual(Object.values(chooseNemeses(['klil'], able)).slice(0, 2), ['unknown', 'klil']);
    assert.deepEqual(Object.values(chooseNemeses(['disk:rot'], able)).slice(0, 2), ['unknown', 'disk:rot']);
  });

  it('lets all-random draw from all that the world can do and the settings cover', () => {
    const names = (circumstances: Partial<Circumstances>) =>
      chosen(['all-random'], circumstances).pool.map(({ name }) => name);
    assert.deepEqual(names({}), [
      'partition',
      'kill',
      'pause',
      'restart-order',
      'sequence',
      'clock',
      'disk',
      'slow',
    ]);
    assert.deepEqual(names({ abilities: new Set() }), [
      'partition',
      'kill',
      'pause',
      'restart-order',
      'sequence',
    ]);
    const { pool } = chosen(['all-random'], { settings: { ...usualSettings, flush: 'async' } });
    const disk = pool.find(({ name }) => name === 'disk');
    assert.deepEqual(disk?.variants, ['slow/one', 'full/one']);
  });
});
