import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'mocha';
import { javaHashCode } from '../message/tags-code.ts';
import { haRuntimeInfo } from './ha-runtime-info.ts';
import { isClaimAboutQueueEnd, pullResponseCode } from './pull-response.ts';
import { putAnswer, refusalCodes } from './put-response.ts';
import { tagsCodesOf } from './tag-expression.ts';

describe('the answer to a send', () => {
  it('says after the append only stored, or may be', () => {
    equal(putAnswer('ok', true).code, 0);
    equal(putAnswer('timeout', true).code, 12);
    equal(putAnswer('timeout', false).code, 10);
    equal(putAnswer('not-enough-replicas', true).code, 12);
    equal(putAnswer('role-changed', false).code, 12);
  });

  it('says before it that surely nothing is stored', () => {
    const maybeStored = [0, 10, 11, 12];
    for (const code of Object.values(refusalCodes)) equal(maybeStored.includes(code), false);
    deepEqual([refusalCodes['disk-full'], refusalCodes['properties-too-long']], [14, 13]);
  });
});

describe('the answer to a pull', () => {
  it('is that of RocketMQ for every state of the queue', () => {
    equal(pullResponseCode('FOUND', 3), 0);
    equal(pullResponseCode('NO_MATCHED_MESSAGE', 3), 20);
    equal(pullResponseCode('MESSAGE_WAS_REMOVING', 3), 20);
    equal(pullResponseCode('NO_MESSAGE_IN_QUEUE', 0), 19);
    equal(pullResponseCode('NO_MESSAGE_IN_QUEUE', 3), 21);
    equal(pullResponseCode('NO_MATCHED_LOGIC_QUEUE', 0), 19);
    equal(pullResponseCode('OFFSET_OVERFLOW_ONE', 3), 19);
    equal(pullResponseCode('OFFSET_OVERFLOW_BADLY', 9), 21);
    equal(pullResponseCode('OFFSET_TOO_SMALL', 0), 21);
  });

  it('is a claim about the end of the queue when it tells of no message', () => {
    deepEqual([0, 19, 20, 21].map(isClaimAboutQueueEnd), [false, true, false, true]);
  });
});

describe('a tag expression', () => {
  it('names all messages, or some tags', () => {
    for (const all of [undefined, '', ' * ', '||']) equal(tagsCodesOf(all), undefined);
    deepEqual(tagsCodesOf('a || b'), new Set([javaHashCode('a'), javaHashCode('b')]));
  });
});

describe('the HA status for mqadmin', () => {
  it('tells of every slave of a master', () => {
    const slave = { brokerId: 2, remoteAddress: 'n2:1', sentOffset: 90, isInSyncStateSet: true };
    const info = haRuntimeInfo(
      { role: 'master', roleEpoch: 3, master: { inSync: 2, slaves: [{ ...slave, ackOffset: undefined }] } },
      { maxOffset: 100, masterAddress: '' },
    );
    deepEqual([info['master'], info['inSyncSlaveNums'], info['masterCommitLogMaxOffset']], [true, 1, 100]);
    deepEqual(info['haConnectionInfo'], [
      {
        addr: 'n2:1',
        brokerId: 2,
        diff: 100,
        inSync: true,
        slaveAckOffset: 0,
        transferFromWhere: 90,
        transferredByteInSecond: 0,
      },
    ]);
  });

  it('tells a slave’s master', () => {
    const info = haRuntimeInfo(
      { role: 'slave', roleEpoch: 3, master: undefined },
      { maxOffset: 100, masterAddress: 'n1:10912' },
    );
    deepEqual([info['master'], info['haConnectionInfo']], [false, []]);
    equal((info['haClientRuntimeInfo'] as { masterAddr: string }).masterAddr, 'n1:10912');
  });
});
