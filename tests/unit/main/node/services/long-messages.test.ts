import { expect, test } from 'vitest';
import type { QueueMessageView } from '../../../../../src/common/contract/queues.ts';
import { SignalboxError } from '../../../../../src/common/errors.ts';
import type { CallContext } from '../../../../../src/main/node/router/index.ts';
import type { LeaderCall } from '../../../../../src/main/node/services/broker/leader-calls.ts';
import { type MessagePart, wholeMessage } from '../../../../../src/main/node/services/broker/whole-message.ts';
import { createQueuesService, type QueuesServiceOptions } from '../../../../../src/main/node/services/queues.ts';

const head = { sequence: 1, at: 5, clientId: 'C-1', key: null, headers: {}, encoding: 'json' as const };
const text = JSON.stringify('whole'.repeat(200));

function partsOf(data: string, fields: Partial<MessagePart> = {}): (offset: number) => Promise<MessagePart> {
  const bytes = Buffer.from(data);
  return (offset) => {
    const part = bytes.subarray(offset, offset + 400);
    const more = offset + part.length < bytes.length;
    return Promise.resolve({ ...head, sizeBytes: bytes.length, offset, part: part.toString('base64'), more, ...fields });
  };
}

test('parts of another message are not put into one, not even the last', async () => {
  expect(await wholeMessage(partsOf(text))).toEqual({ ...head, sizeBytes: text.length, data: JSON.parse(text), cut: false });
  for (const other of [partsOf(text, { at: 6 }), partsOf(`${text}  `)])
    await expect(wholeMessage((offset) => (offset < 800 ? partsOf(text)(offset) : other(offset)))).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    });
});

/** `queues.read` at a node that gets a cut message from the leader's. */
function reading(part: (offset: number) => Promise<MessagePart>) {
  const asked: { readonly method: string; readonly deadlineMs: number; readonly queue: unknown }[] = [];
  const cut: QueueMessageView = { ...head, sizeBytes: text.length, data: text.slice(0, 400), cut: true };
  const atLeader = ({ method, params }: LeaderCall<'queues.read'>, { deadlineMs }: CallContext): Promise<unknown> => {
    asked.push({ method, deadlineMs, queue: params.queue });
    return method === 'queues.read' ? Promise.resolve({ messages: [cut], position: 1, repeated: false }) : part(Number(params.offset));
  };
  const service = createQueuesService({
    leaders: { atLeader },
    finder: { find: () => Promise.resolve({ queueId: 'Q-AAAAA00001', groupId: 'G-AAAAA' }), forget: () => undefined },
  } as unknown as QueuesServiceOptions);
  const context = {
    principal: { user: 'ada', roles: ['operator'], via: 'ws' },
    signal: new AbortController().signal,
    deadlineMs: Date.now() + 10_000,
    progress: () => undefined,
  } as unknown as CallContext<never>;
  const read = async (maxDataBytes: number) => {
    const params = { queue: 'orders', clientId: 'C-1', max: 1, waitMs: 0, maxDataBytes, hereOnly: false };
    return (await service['queues.read'](params, context)).messages[0];
  };
  return { read, asked, cut, context };
}

test('a message that is not longer than what a reader takes comes whole, of the queue by its id', async () => {
  const { read, asked, cut } = reading(partsOf(text));
  expect(await read(text.length)).toMatchObject({ data: JSON.parse(text), cut: false });
  expect(asked.slice(1).map(({ queue }) => queue)).toEqual(['Q-AAAAA00001', 'Q-AAAAA00001', 'Q-AAAAA00001']);
  expect(await read(text.length - 1)).toEqual(cut);
});

test('a message stays cut where the rest cannot be had, is of another message, or would come after the answer is due', async () => {
  const late = reading(() => Promise.reject(new SignalboxError('TIMEOUT', 'Late.', { executed: 'no' })));
  expect(await late.read(6_000_000)).toEqual(late.cut);
  expect(late.asked[1]?.deadlineMs).toBeLessThan(late.context.deadlineMs - 1_000);
  const other = reading(partsOf(text, { at: 6 }));
  expect(await other.read(6_000_000)).toEqual(other.cut);
});
