import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CoreMessage, LogEntry } from '../../../../../../src/main/node/broker/core/types.ts';
import { decodeBinary, decodeCoreMessage, encodeCoreMessage, isCoreType } from '../../../../../../src/main/node/broker/protocol/index.ts';

const index = fc.nat({ max: Number.MAX_SAFE_INTEGER - 10 });
const position = fc.record({ index, term: index, checksum: fc.nat({ max: 0xffff_ffff }) });
const entries: fc.Arbitrary<LogEntry[]> = fc
  .tuple(
    index,
    fc.array(
      fc.record({
        term: index,
        kind: fc.constantFrom('noop' as const, 'commands' as const, 'configuration' as const),
        data: fc.uint8Array({ maxLength: 50 }),
        checksum: fc.nat({ max: 0xffff_ffff }),
      }),
      { maxLength: 9 },
    ),
  )
  .map(([first, list]) => list.map((entry, offset) => ({ ...entry, data: Buffer.from(entry.data), index: first + offset })));
const durable = fc.dictionary(fc.stringMatching(/^B-[A-Z0-9]{5}$/), index, { maxKeys: 7, noNullPrototype: true });

const message: fc.Arbitrary<CoreMessage> = fc.oneof(
  fc.record({ type: fc.constant('REPLICATE' as const), term: index, previous: position, entries, commitIndex: index, readRound: index }),
  fc.record(
    {
      type: fc.constant('REPLICATE_ACK' as const),
      term: index,
      ok: fc.boolean(),
      matchIndex: index,
      receivedIndex: index,
      conflict: fc.record({ term: index, index }),
      readRound: index,
    },
    { requiredKeys: ['type', 'term', 'ok', 'matchIndex', 'receivedIndex', 'readRound'] },
  ),
  fc.record({ type: fc.constant('HEARTBEAT' as const), term: index, commitIndex: index, readRound: index, durable }),
  fc.record({
    type: fc.constant('ELECTION_REQUEST' as const),
    term: index,
    last: position,
    preVote: fc.boolean(),
    transfer: fc.boolean(),
    receiverDurableIndex: index,
  }),
  fc.record({ type: fc.constant('ELECTION_ANSWER' as const), term: index, preVote: fc.boolean(), granted: fc.boolean() }),
  fc.record({ type: fc.constant('TIMEOUT_NOW' as const), term: index }),
  fc.record({ type: fc.constant('SNAPSHOT_OFFER' as const), term: index, position }),
);

const sender = { brokerId: 'B-00001', role: 'leader', clusterVersion: 4, timestampMs: 1_700_000_000_500 } as const;
const sent = (what: CoreMessage) => decodeBinary(Buffer.concat(encodeCoreMessage('G-XYZ78', what, sender)).subarray(4));

describe('messages of the core', () => {
  it('arrive as they were sent', () => {
    fc.assert(
      fc.property(message, (what) => {
        const frame = sent(what);
        expect(isCoreType(frame.type)).toBe(true);
        expect(decodeCoreMessage(frame.type, frame.header, frame.payload)).toEqual({ groupId: 'G-XYZ78', message: what });
      }),
    );
  });

  it('carry the names of the first system', () => {
    const request = {
      type: 'ELECTION_REQUEST',
      term: 3,
      last: { index: 1, term: 1, checksum: 1 },
      preVote: false,
      transfer: false,
      receiverDurableIndex: 0,
    } as const;
    expect(sent(request).header).toMatchObject({ candidate_id: 'B-00001', cluster_version: 4 });
    expect(sent({ type: 'ELECTION_ANSWER', term: 3, preVote: false, granted: true }).header).toMatchObject({ status: 'granted' });
    expect(sent({ type: 'HEARTBEAT', term: 3, commitIndex: 1, readRound: 1, durable: {} }).header).toMatchObject({
      broker_id: 'B-00001',
      role: 'leader',
      timestamp: 1_700_000_000.5,
    });
  });

  it('do not copy the data of entries, nor write their heads twice', () => {
    const data = Buffer.from('data');
    const list: LogEntry[] = [{ index: 1, term: 1, kind: 'commands', checksum: 1, data }];
    const replicate = {
      type: 'REPLICATE',
      term: 1,
      previous: { index: 0, term: 0, checksum: 0 },
      entries: list,
      commitIndex: 0,
      readRound: 0,
    } as const;
    const [first, second] = [encodeCoreMessage('G-XYZ78', replicate), encodeCoreMessage('G-XYZ78', replicate)];
    expect(first.at(-1)).toBe(data);
    expect(second[1]).toBe(first[1]);
  });

  it('carry as many small entries as a frame holds', () => {
    const list: LogEntry[] = Array.from({ length: 40_000 }, (_, at) => ({
      index: at + 1,
      term: 1,
      kind: 'noop',
      checksum: 1,
      data: Buffer.alloc(0),
    }));
    const frame = sent({
      type: 'REPLICATE',
      term: 1,
      previous: { index: 0, term: 0, checksum: 0 },
      entries: list,
      commitIndex: 0,
      readRound: 0,
    });
    expect(decodeCoreMessage(frame.type, frame.header, frame.payload).message).toMatchObject({ entries: { length: 40_000 } });
  });

  it('are refused when lengths or indexes do not add up', () => {
    const list = [1, 2].map((at) => ({ index: at, term: 1, kind: 'commands' as const, checksum: 1, data: Buffer.from('data') }));
    const frame = sent({
      type: 'REPLICATE',
      term: 1,
      previous: { index: 0, term: 0, checksum: 0 },
      entries: list,
      commitIndex: 0,
      readRound: 0,
    });
    const long = Buffer.from(frame.payload);
    long.writeUInt32BE(0xffff_ffff, 21);
    const gap = Buffer.from(frame.payload);
    gap[29 + 7] = 9;
    for (const payload of [long, gap, frame.payload.subarray(0, 40), frame.payload.subarray(0, 29)])
      expect(() => decodeCoreMessage(frame.type, frame.header, payload)).toThrowError(expect.objectContaining({ code: 'INVALID_PARAMS' }));
    for (const header of [{}, { ...frame.header, count: 1e9 }, { ...frame.header, count: 1 }, { ...frame.header, group: 'all' }])
      expect(() => decodeCoreMessage(frame.type, header, frame.payload)).toThrowError(expect.objectContaining({ code: 'INVALID_PARAMS' }));
  });
});
