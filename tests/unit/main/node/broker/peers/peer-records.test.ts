import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { peerLimits } from '../../../../../../src/main/node/broker/peers/limits.ts';
import {
  type BrokerRecord,
  mergeRecords,
  PeerRecords,
  recogniseBroker,
} from '../../../../../../src/main/node/broker/peers/peer-records.ts';
import { DamagedFileError } from '../../../../../../src/main/node/damaged-file-error.ts';
import { temporaryFolder } from '../../../../../helpers/temporary-folder.ts';

const known: BrokerRecord = { brokerId: 'B-00001', nodeId: 'n1', incarnation: 7, startId: 'a' };

describe('whether a broker is the one that was known', () => {
  test.each([
    ['never met', undefined, known, 'new'],
    ['the same start', known, known, 'known'],
    ['a later start', known, { ...known, incarnation: 8, startId: 'b' }, 'new'],
    ['an earlier start: an old state of the disk', known, { ...known, incarnation: 6, startId: 'b' }, 'oldDisk'],
    ['an earlier start under the id of the last one', known, { ...known, incarnation: 6 }, 'oldDisk'],
    ['as many starts, another one: a copy of the disk', known, { ...known, startId: 'b' }, 'copy'],
    ['as many starts where two claimed it', { ...known, startId: null }, known, 'copy'],
    ['a later start where two claimed the last', { ...known, startId: null }, { ...known, incarnation: 8 }, 'new'],
    ['on another node', known, { ...known, nodeId: 'n2', incarnation: 99 }, 'otherNode'],
  ] as const)('%s', (_what, before, claimed, kind) => {
    expect(recogniseBroker(before, claimed).kind).toBe(kind);
  });
});

describe('what another broker has met', () => {
  test.each([
    ['nothing known', undefined, known, known],
    ['the same', known, known, undefined],
    ['a later start', known, { ...known, incarnation: 8, startId: 'b' }, { ...known, incarnation: 8, startId: 'b' }],
    ['an earlier start', known, { ...known, incarnation: 6, startId: 'b' }, undefined],
    ['another start of that count: none is believed', known, { ...known, startId: 'b' }, { ...known, startId: null }],
    ['that two claimed it', known, { ...known, startId: null }, { ...known, startId: null }],
    ['one where two claimed it', { ...known, startId: null }, known, undefined],
    ['another node under the id', known, { ...known, nodeId: 'n2', incarnation: 99 }, undefined],
  ] as const)('%s', (_what, before, told, kept) => {
    expect(mergeRecords(before, told)).toEqual(kept);
  });
});

describe('the brokers that were met', () => {
  test('are on disk when they are kept, and there after a restart', async () => {
    const file = join(await temporaryFolder(), 'met.json');
    const records = await PeerRecords.load(file);
    await Promise.all([records.keep([known]), records.keep([{ ...known, brokerId: 'B-00002' }])]);
    const again = await PeerRecords.load(file);
    expect(again.get('B-00001')).toEqual(known);
    expect(again.list()).toHaveLength(2);
  });

  test('are bounded: the one met longest ago makes room', async () => {
    const records = await PeerRecords.load(join(await temporaryFolder(), 'met.json'));
    await records.keep([known]);
    await records.keep(Array.from({ length: peerLimits.remembered - 1 }, (_, at) => ({ ...known, brokerId: `B-1${at}` })));
    await records.keep([known]);
    await records.keep([{ ...known, brokerId: 'B-NEXT' }]);
    expect(records.list()).toHaveLength(peerLimits.remembered);
    expect(records.get('B-00001')).toEqual(known);
    expect(records.get('B-10')).toBeUndefined();
  });

  test.each(['{', '{"brokers":[{"brokerId":1}]}'])('a file that holds something else is left alone: %s', async (text) => {
    const file = join(await temporaryFolder(), 'met.json');
    await writeFile(file, text);
    await expect(PeerRecords.load(file)).rejects.toThrow(DamagedFileError);
  });
});
