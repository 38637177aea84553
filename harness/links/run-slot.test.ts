import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { claimRunSlot, detectAddressForm } from './run-slot.ts';

describe('a slot for a run', () => {
  for (const form of ['addresses', 'ports'] as const) {
    it(`is nobody else's while it is held (${form})`, async function () {
      if (form === 'addresses' && (await detectAddressForm()) !== 'addresses') this.skip();
      const first = await claimRunSlot(form, 220);
      const second = await claimRunSlot(form, 220);
      try {
        assert.notEqual(first.slot, second.slot);
        assert.notDeepEqual(first.api, second.api);
      } finally {
        await first.release();
        await second.release();
      }
    });

    it(`can be claimed again after its release (${form})`, async function () {
      if (form === 'addresses' && (await detectAddressForm()) !== 'addresses') this.skip();
      const first = await claimRunSlot(form, 230);
      await first.release();
      const second = await claimRunSlot(form, first.slot);
      assert.equal(second.slot, first.slot);
      await second.release();
    });
  }
});
