import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { Incoming } from '../../../../../src/main/node/federation/incoming.ts';
import { MessageAges } from '../../../../../src/main/node/federation/message-ages.ts';
import type { PresenceMessage } from '../../../../../src/main/node/federation/presence-message.ts';
import { RefusedMessages } from '../../../../../src/main/node/federation/refused-messages.ts';
import { type Arrival, RouterIntake } from '../../../../../src/main/node/federation/router-intake.ts';
import type { RouterMessage } from '../../../../../src/main/node/federation/router-messages.ts';
import { FederationTopics } from '../../../../../src/main/node/federation/topics.ts';
import { recordingLogger } from '../../../../helpers/router-fixture.ts';

const nowMs = 1_795_000_000_000;
const topics = new FederationTopics('cloudisense');
const inbox = topics.inbox('me');

const rpc = { type: 'rpc', requestid: 'r1', method: 'node.status', originId: 'peer' };
const envelope = {
  message_id: 'b1e5c3a0-0000-4000-8000-000000000001',
  source_node_id: 'peer',
  target_node_id: 'me' as string | null,
  timestamp: nowMs / 1_000,
  ttl: 300,
  priority: 'Medium',
  is_encrypted: false,
  payload: { type: 'Router', message: rpc } as unknown,
};

let taken: { message: RouterMessage; arrival: Arrival }[];
let statuses: PresenceMessage[];
let refused: string[];
let doubts: string[];
let acceptUnsigned: boolean;
let secured: Buffer[];
let said: { message: unknown; from: string; priority: string }[];
let incoming: Incoming;

beforeEach(() => {
  taken = [];
  statuses = [];
  refused = [];
  doubts = [];
  acceptUnsigned = true;
  secured = [];
  said = [];
  const logger = recordingLogger();
  const refusedMessages = new RefusedMessages({ onRefused: (code) => refused.push(code), audit: undefined, logger });
  const offsetMs = (id: string) => (id === 'measured' ? 2_000 : undefined);
  incoming = new Incoming({
    nodeId: 'me',
    topics,
    acceptUnsigned: () => acceptUnsigned,
    isMember: (id) => id === 'member',
    offsetMs,
    onTimeRefused: (id) => doubts.push(`${id}, refused`),
    formOf: () => 'envelope',
    onStatus: (presence) => statuses.push(presence),
    onSecured: (payload) => secured.push(payload),
    onNodeMessage: (message, { source_node_id: from, priority }) => said.push({ message, from, priority }),
    intake: new RouterIntake({
      onMessage: (message, arrival) => taken.push({ message, arrival }),
      onReceived: () => undefined,
      refused: refusedMessages,
    }),
    ages: new MessageAges({ offsetMs, onClockDoubt: (id) => doubts.push(id), nowMs: () => nowMs }),
    refused: refusedMessages,
    nowMs: () => nowMs,
  });
});

const receive = (value: unknown, topic = inbox, retained = false) =>
  incoming.receive(topic, Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)), retained);

/** What is refused with a code, and never handed on. */
const refusals: readonly [string, unknown, string][] = [
  ['another target', { ...envelope, target_node_id: 'someone' }, 'INVALID_PARAMS'],
  ['no source', { ...envelope, source_node_id: '' }, 'INVALID_PARAMS'],
  ['a source with a wildcard', { ...envelope, source_node_id: 'a/+/b' }, 'INVALID_PARAMS'],
  ['unknown fields', { ...envelope, admin: true }, 'INVALID_PARAMS'],
  ['a negative ttl', { ...envelope, ttl: -1 }, 'INVALID_PARAMS'],
  ['a ttl of 1e12', { ...envelope, ttl: 1e12 }, 'INVALID_PARAMS'],
  ['a ttl with a fraction', { ...envelope, ttl: 0.5 }, 'INVALID_PARAMS'],
  ['the year 1970', { ...envelope, timestamp: 0 }, 'EXPIRED'],
  ['ttl 0 and too old', { ...envelope, ttl: 0, timestamp: nowMs / 1_000 - 121 }, 'EXPIRED'],
  ['the year 2100', { ...envelope, timestamp: 4_102_444_800 }, 'FUTURE'],
  ['two minutes ahead', { ...envelope, timestamp: nowMs / 1_000 + 121 }, 'FUTURE'],
  ['a time that is no number', { ...envelope, timestamp: 'now' }, 'INVALID_PARAMS'],
  [
    'another origin than the envelope',
    { ...envelope, payload: { type: 'Router', message: { ...rpc, originId: 'victim' } } },
    'INVALID_PARAMS',
  ],
  ['encryption that is not there', { ...envelope, is_encrypted: true }, 'DECRYPT'],
  ['a signature nobody can check', { ...envelope, signature: 'c2lnbmF0dXJl' }, 'BAD_SIGNATURE'],
  ['a signed payload', { ...envelope, payload: JSON.stringify(envelope.payload) }, 'BAD_SIGNATURE'],
  ['a payload that is none', { ...envelope, payload: [] }, 'INVALID_PARAMS'],
  ['a known payload with extra fields', { ...envelope, payload: { type: 'Router', message: rpc, more: 1 } }, 'INVALID_PARAMS'],
  ['a batch of nothing', { ...envelope, payload: { type: 'Router', messages: [] } }, 'INVALID_PARAMS'],
  ['a message id with markup', { ...envelope, message_id: '<b>hello</b>' }, 'INVALID_PARAMS'],
  ['five hops', { ...envelope, hops: 5 }, 'INVALID_PARAMS'],
  ['no JSON', '{', 'BAD_REQUEST'],
  ['a number', '7', 'INVALID_PARAMS'],
  ['__proto__', '{"type":"rpc","requestid":"r","method":"m","params":{"__proto__":{"admin":true}}}', 'INVALID_PARAMS'],
  ['a key twice', '{"type":"rpc","type":"rpc","requestid":"r","method":"m"}', 'INVALID_PARAMS'],
  ['deep nesting', `{"type":"rpc","requestid":"r","params":{"a":${'['.repeat(100)}${']'.repeat(100)}}}`, 'TOO_LARGE'],
  ['an unknown type', { type: 'reboot', requestid: 'r' }, 'INVALID_PARAMS'],
];

describe('messages of other nodes', () => {
  it('are taken in an envelope, and bare', () => {
    receive(envelope);
    receive(rpc);
    expect(taken).toMatchObject([
      { message: { requestid: 'r1', method: 'node.status' }, arrival: { origin: 'peer', form: 'envelope', via: 'inbox', ageMs: 0 } },
      { message: { requestid: 'r1' }, arrival: { origin: 'peer', form: 'bare', via: 'inbox' } },
    ]);
    expect(refused).toEqual([]);
  });

  it.each(refusals)('are refused with %s', (_what, value, code) => {
    receive(value);
    expect(refused).toEqual([code]);
    expect(taken).toEqual([]);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  it('are tolerated with a clock that is off by less than two minutes', () => {
    receive({ ...envelope, timestamp: nowMs / 1_000 + 119 });
    expect(taken).toHaveLength(1);
  });

  it('take effect once, however often the broker delivers them', () => {
    for (let count = 0; count < 3; count++) receive(envelope);
    expect(taken).toHaveLength(1);
    receive({ ...envelope, message_id: 'another-message' });
    expect(taken).toHaveLength(2);
  });

  it('know how long they were under way when the clocks are known', () => {
    receive({
      ...envelope,
      source_node_id: 'measured',
      timestamp_ms: nowMs - 500,
      payload: { type: 'Router', message: { ...rpc, originId: 'measured' } },
    });
    expect(taken[0]?.arrival.ageMs).toBe(2_500);
  });

  it('are as old as they are slower than the quickest, while the clocks are not known', () => {
    let next = 0;
    const ages = (messages: readonly { readonly timestamp_ms?: number; readonly timestamp?: number }[]) => {
      for (const fields of messages) receive({ ...envelope, message_id: `message-${next++}`, ...fields });
      return taken.splice(0).map(({ arrival }) => arrival.ageMs);
    };
    const sent = (agoMs: number) => ({ timestamp_ms: nowMs - agoMs });
    expect(ages([sent(40_000), sent(41_000), sent(39_000), sent(40_000)])).toEqual([0, 1_000, 0, 1_000]);
    expect(ages([{ timestamp: nowMs / 1_000 - 40 }, { timestamp: nowMs / 1_000 - 42 }])).toEqual([1, 2_001]);
    expect(doubts).toEqual([]);
  });

  it('make a measured clock doubtful when they cannot be as old as they seem', () => {
    const measured = { ...envelope, source_node_id: 'measured', payload: { type: 'Router', message: { ...rpc, originId: 'measured' } } };
    const receiveSent = (agoMs: number) => receive({ ...measured, message_id: `message-${agoMs}`, timestamp_ms: nowMs + 2_000 - agoMs });
    receiveSent(1_900);
    receiveSent(-1_900);
    expect(doubts).toEqual([]);
    receiveSent(2_100);
    receiveSent(-2_100);
    expect(doubts).toEqual(['measured', 'measured']);
    receiveSent(500_000);
    expect(doubts.slice(2)).toEqual(['measured, refused']);
    expect(refused).toEqual(['EXPIRED']);
  });

  it('come several in one envelope', () => {
    receive({ ...envelope, payload: { type: 'Router', messages: [rpc, { ...rpc, requestid: 'r2' }] } });
    expect(taken.map(({ message }) => 'requestid' in message && message.requestid)).toEqual(['r1', 'r2']);
  });

  it('are taken though another one in their envelope is wrong', () => {
    receive({ ...envelope, payload: { type: 'Router', messages: [rpc, { type: 'reboot' }, { ...rpc, requestid: 'r3' }] } });
    expect(taken.map(({ message }) => 'requestid' in message && message.requestid)).toEqual(['r1', 'r3']);
    expect(refused).toEqual(['INVALID_PARAMS']);
  });

  it('are taken however long the text of an error is', () => {
    receive({ type: 'rpc_response', requestid: 'r1', status: 'error', code: 'INVALID_PARAMS', message: 'x'.repeat(10_000) });
    expect(taken).toHaveLength(1);
  });

  it('are refused when the broker kept them', () => {
    receive(envelope, inbox, true);
    expect([taken, refused]).toEqual([[], ['REPLAYED']]);
  });

  it('are refused unsigned when the setting is off', () => {
    acceptUnsigned = false;
    receive(envelope);
    receive(rpc);
    expect([taken, refused]).toEqual([[], ['BAD_SIGNATURE', 'BAD_SIGNATURE']]);
  });

  it('are refused unsigned when they name a member, whatever the setting', () => {
    receive({ ...envelope, source_node_id: 'member' });
    receive({ ...rpc, originId: 'member' });
    expect([taken, refused]).toEqual([[], ['BAD_SIGNATURE', 'BAD_SIGNATURE']]);
  });

  it.each([1, 2, 3, 0x53])('of form %d are for the members, unsigned or not', (form) => {
    acceptUnsigned = false;
    incoming.receive(inbox, Buffer.from([form, 7]), false);
    expect([secured, taken, refused]).toEqual([[Buffer.from([form, 7])], [], []]);
  });

  it('of this node itself, back from the broker, are passed over', () => {
    receive(
      { ...envelope, source_node_id: 'me', target_node_id: null, payload: { type: 'Router', message: { ...rpc, originId: 'me' } } },
      topics.broadcast,
    );
    receive({ ...rpc, originId: 'me' }, topics.broadcast);
    expect([taken, refused]).toEqual([[], []]);
  });

  it('belong on their topic', () => {
    const event = { type: 'event', name: 'data_generated', status: 'data', topic: '/a', data: 1 };
    receive(event, topics.events('peer', '/a'));
    expect(taken).toHaveLength(1);
    receive(event, topics.events('peer', '/b'));
    receive(event, topics.broadcast);
    receive(rpc, topics.events('peer', '/a'));
    receive({ ...envelope, payload: { type: 'Router', message: event } }, topics.events('victim', '/a'));
    receive({ ...event, originId: 'victim' }, topics.events('peer', '/a'));
    receive({ type: 'subscribe', topic: '/a', originId: 'peer' }, topics.broadcast);
    receive({ type: 'rpc_response', requestid: 'r1', status: 'success', originId: 'peer' }, topics.broadcast);
    expect(refused).toEqual(Array.from({ length: 7 }, () => 'INVALID_PARAMS'));
    expect(taken).toHaveLength(1);
  });

  it('that are a status must be of the node their topic names, and small', () => {
    const status = { serviceId: 'peer', status: 'online', name: '<b>x</b>', epoch: 3 };
    receive(status, topics.status('peer'), true);
    expect(statuses).toMatchObject([{ serviceId: 'peer', name: undefined, epoch: 3, capabilities: [] }]);
    receive(status, topics.status('victim'));
    receive({ ...status, version: 'x'.repeat(10_000) }, topics.status('peer'));
    receive('', topics.status('peer'));
    expect(refused).toEqual(['INVALID_PARAMS', 'TOO_LARGE']);
  });

  it('never throw, whatever they are', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.object().map((value) => JSON.stringify({ ...envelope, ...value })),
        ),
        fc.constantFrom(inbox, topics.broadcast, topics.status('peer'), topics.events('peer', '/a'), 'x'),
        (text, topic) => {
          receive(text, topic);
        },
      ),
      { numRuns: 500 },
    );
  });
});
