import fc from 'fast-check';
import { expect, it } from 'vitest';
import { z } from 'zod';
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

const nodeId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/);
const count = (most: number) => z.number().int().min(0).max(most);
/** What `docs/peers.md` says of a batch. */
const batchSchema = z.strictObject({
  type: z.literal('Envelopes'),
  seq: count(Number.MAX_SAFE_INTEGER),
  envelopes: z
    .array(
      z
        .strictObject({
          message_id: z.string().regex(/^[A-Za-z0-9-]{8,64}$/),
          source_node_id: nodeId,
          target_node_id: nodeId.nullable(),
          timestamp: count(4_294_967_295),
          timestamp_ms: count(Number.MAX_SAFE_INTEGER),
          ttl: count(604_800),
          priority: z.enum(peerPriorities),
          is_encrypted: z.literal(false),
          durable: z.literal(true).optional(),
          payload: z.looseObject({ type: z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,63}$/) }),
        })
        .refine(({ timestamp, timestamp_ms: ms }) => timestamp === Math.floor(ms / 1_000)),
    )
    .min(1)
    .max(256),
});

it('takes nothing that a schema of the same would refuse, and refuses nothing else', () => {
  const fields = ['message_id', 'source_node_id', 'target_node_id', 'timestamp', 'timestamp_ms', 'ttl', 'priority', 'is_encrypted'];
  const key = fc.constantFrom(...fields, 'durable', 'payload', 'type', 'seq', 'envelopes', '__proto__', 'constructor', 'toString', 'x');
  const value = fc.oneof(
    fc.constantFrom('0', '-0', '-1', '1.5', '1e400', '4294967296', '9007199254740992', 'true', 'false', 'null', '""', '[]', '{}'),
    fc.constantFrom(
      '"Low"',
      '"low"',
      '"north"',
      '"south"',
      '"-north"',
      '"0199aaaa\\n"',
      '{"type":"A"}',
      '{"type":"a b"}',
      '[{"type":"A"}]',
    ),
    fc.constantFrom('{"__proto__":{"type":"A"}}', '{"type":"A","__proto__":1}', `"${'a'.repeat(129)}"`, undefined),
    fc.json(),
  );
  const changes = fc.array(fc.record({ key, value, ofBatch: fc.boolean() }), { maxLength: 3 });
  fc.assert(
    fc.property(changes, fc.boolean(), (changed, durable) => {
      const envelope = new Map<string, string>(
        Object.entries({
          message_id: '"0199aaaa"',
          source_node_id: '"north"',
          target_node_id: '"south"',
          timestamp: '1795263456',
          timestamp_ms: '1795263456369',
          ttl: '300',
          priority: '"High"',
          is_encrypted: 'false',
          payload: '{"type":"Note"}',
          ...(durable && { durable: 'true' }),
        }),
      );
      const batch = new Map<string, string>([
        ['type', '"Envelopes"'],
        ['seq', '1'],
      ]);
      const textOf = (map: ReadonlyMap<string, string>) => `{${[...map].map(([name, text]) => `${JSON.stringify(name)}:${text}`).join()}}`;
      const change = (map: Map<string, string>, ofBatch: boolean) => {
        for (const each of changed.filter((one) => one.ofBatch === ofBatch))
          if (each.value === undefined) map.delete(each.key);
          else map.set(each.key, each.value);
      };
      change(envelope, false);
      batch.set('envelopes', `[${textOf(envelope)}]`);
      change(batch, true);
      const message: unknown = JSON.parse(textOf(batch));
      const parsed = batchSchema.safeParse(message);
      const isOfNorth =
        parsed.success &&
        parsed.data.envelopes.every(({ source_node_id: from, target_node_id: to }) => from === 'north' && (to ?? 'south') === 'south');
      const read = () => readBatch(message, 'north', 'south');
      if (isOfNorth) expect(read().envelopes).toHaveLength(parsed.data.envelopes.length);
      else expect(read).toThrow(/^A batch of messages was refused/);
    }),
    { numRuns: 2_000 },
  );
});
