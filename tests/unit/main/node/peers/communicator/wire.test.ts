import fc from 'fast-check';
import { expect, it } from 'vitest';
import { peerPriorities } from '../../../../../../src/common/contract/peers.ts';
import { readBatch } from '../../../../../../src/main/node/peers/communicator/batch-reader.ts';
import { BatchWriter } from '../../../../../../src/main/node/peers/communicator/batch-writer.ts';
import { newMessageId } from '../../../../../../src/main/node/peers/communicator/message-id.ts';

it('makes ids that sort by time and never come twice, also on a clock that is set back (row 39)', () => {
  const ids = Array.from({ length: 10_000 }, () => newMessageId(1_795_263_456_369));
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^01a1fe0a-6471-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(newMessageId(1) < newMessageId(2)).toBe(true);
});

it('reads what it writes', () => {
  const envelope = fc.record({
    messageId: fc.integer({ min: 0, max: 2 ** 48 - 1 }).map(newMessageId),
    timestampMs: fc.integer({ min: 0, max: 4_000_000_000_000 }),
    ttlSeconds: fc.integer({ min: 0, max: 604_800 }),
    priority: fc.constantFrom(...peerPriorities),
    durable: fc.boolean(),
  });
  fc.assert(
    fc.property(
      fc.uniqueArray(envelope, { minLength: 1, maxLength: 20, selector: ({ messageId }) => messageId }),
      fc.nat(),
      fc.string(),
      (envelopes, seq, text) => {
        const payload = { type: 'Note', text };
        const messages = envelopes.map((each) => ({ ...each, payload: JSON.stringify(payload) }));
        const batch = readBatch(JSON.parse(new BatchWriter('north', 'south').write(seq, messages)), 'north', 'south');
        expect(batch.seq).toBe(seq);
        expect(
          batch.envelopes.map((each) => [each.message_id, each.timestamp_ms, each.ttl, each.priority, each.durable === true, each.payload]),
        ).toEqual(envelopes.map((each) => [each.messageId, each.timestampMs, each.ttlSeconds, each.priority, each.durable, payload]));
      },
    ),
  );
});
