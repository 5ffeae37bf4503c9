import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { sealRouterMessages } from '../../../../../src/main/node/federation/envelope.ts';
import { HubRules } from '../../../../../src/main/node/federation/hub/hub-rules.ts';
import { federationLimits } from '../../../../../src/main/node/federation/limits.ts';
import type { LinkMessage } from '../../../../../src/main/node/federation/link-message.ts';
import { type KnownNode, NodeDirectory } from '../../../../../src/main/node/federation/node-directory.ts';
import { OfflineOutbox } from '../../../../../src/main/node/federation/offline-outbox.ts';
import { Outgoing } from '../../../../../src/main/node/federation/outgoing.ts';
import { PendingCalls } from '../../../../../src/main/node/federation/pending-calls.ts';
import { compareSessions, type PresenceMessage, presenceSchema } from '../../../../../src/main/node/federation/presence-message.ts';
import { RecentIds } from '../../../../../src/main/node/federation/recent-ids.ts';
import { principalOf } from '../../../../../src/main/node/federation/remote-principal.ts';
import type { MemberTraffic } from '../../../../../src/main/node/federation/secure/index.ts';
import { SequenceWatch } from '../../../../../src/main/node/federation/sequence-watch.ts';
import { FederationTopics } from '../../../../../src/main/node/federation/topics.ts';
import { RetryDelay } from '../../../../../src/main/node/retry-delay.ts';
import { Turn } from '../../../../../src/main/node/router/turn.ts';

const message = (payload: string): LinkMessage => ({ topic: 't', payload, qos: 1, retain: false });

function presence(fields: Partial<PresenceMessage> = {}): PresenceMessage {
  return presenceSchema.parse({ serviceId: 'n', status: 'online', epoch: 1, session: 1, instance: 'a', since: 100, ...fields });
}

describe('FederationTopics', () => {
  const topics = new FederationTopics('cloudisense');

  it('reads what it makes', () => {
    expect(topics.parse(topics.inbox('n1'))).toEqual({ kind: 'inbox', serviceId: 'n1' });
    expect(topics.parse(topics.status('n1'))).toEqual({ kind: 'status', serviceId: 'n1' });
    expect(topics.parse(topics.events('n1', '/a/b'))).toEqual({ kind: 'event', serviceId: 'n1', topic: '/a/b' });
    expect(topics.parse(topics.broadcast)).toEqual({ kind: 'broadcast' });
  });

  it.each([
    'cloudisense',
    'cloudisense/service/n1',
    'cloudisense/service/n1/outbox',
    'cloudisense/service//inbox',
    'cloudisense/service/n1/events',
    'cloudisense/service/n1/events/',
    'other/broadcast',
    'cloudisense/service/a b/inbox',
  ])('knows nothing of %s', (topic) => {
    expect(topics.parse(topic)).toBeUndefined();
  });
});

describe('HubRules', () => {
  it('keep no more retained statuses than there may be', () => {
    const rules = new HubRules('c');
    for (let index = 0; index < federationLimits.retainedStatuses; index++)
      expect(rules.publish(`c/service/n${index}/status`, true, 500)).toBeUndefined();
    expect(rules.publish('c/service/n0/status', true, 500)).toBeUndefined();
    expect(rules.publish('c/service/more/status', true, 500)).toBe('too many retained messages');
    expect(rules.retainedCount).toBe(federationLimits.retainedStatuses);
    rules.publish('c/service/n0/status', true, 0);
    expect(rules.publish('c/service/more/status', true, 500)).toBeUndefined();
  });

  it('keep no more of their bytes than whoever joins can take at once', () => {
    const rules = new HubRules('c');
    const { statusBytes, retainedBytes } = federationLimits;
    expect(rules.publish('c/service/n/status', true, statusBytes + 1)).toBe(`a status larger than ${statusBytes} bytes`);
    const full = retainedBytes / statusBytes;
    for (let index = 0; index < full; index++) expect(rules.publish(`c/service/n${index}/status`, true, statusBytes)).toBeUndefined();
    expect(rules.publish('c/service/more/status', true, 1)).toBe('too many bytes of retained messages');
    expect(rules.publish('c/service/n0/status', true, statusBytes - 1)).toBeUndefined();
    expect(rules.publish('c/service/more/status', true, 1)).toBeUndefined();
  });
});

describe('RetryDelay', () => {
  it('doubles to half a minute, with jitter, and begins again after success', () => {
    const delay = new RetryDelay(() => 1);
    expect(Array.from({ length: 9 }, () => delay.nextMs())).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    delay.reset();
    expect(delay.nextMs()).toBe(250);
    expect(new RetryDelay(() => 0).nextMs()).toBe(125);
  });
});

describe('OfflineOutbox', () => {
  it('keeps what is young, in order', () => {
    let nowMs = 0;
    const outbox = new OfflineOutbox(() => nowMs);
    outbox.add(message('old'));
    nowMs = federationLimits.outboxMs;
    outbox.add(message('young'));
    nowMs++;
    expect(outbox.take().map(({ payload }) => payload)).toEqual(['young']);
    expect([outbox.size, outbox.bytes, outbox.dropped]).toEqual([0, 0, 1]);
  });

  it('is bounded by count and bytes, and counts what it loses', () => {
    const outbox = new OfflineOutbox(() => 0);
    for (let index = 0; index < federationLimits.outboxMessages + 5; index++) outbox.add(message(String(index)));
    expect([outbox.size, outbox.dropped]).toEqual([federationLimits.outboxMessages, 5]);
    expect(outbox.take()[0]?.payload).toBe('5');
    const large = 'x'.repeat(federationLimits.outboxBytes / 2);
    for (let index = 0; index < 3; index++) outbox.add(message(large));
    expect([outbox.size, outbox.dropped]).toEqual([1, 7]);
  });
});

describe('RecentIds', () => {
  it('knows a repeat among the latest, and forgets the oldest', () => {
    const ids = new RecentIds(10);
    expect(['a', 'b', 'a', 'b'].map((id) => ids.add(id))).toEqual([true, true, false, false]);
    for (let index = 0; index < 20; index++) ids.add(String(index));
    expect(ids.add('a')).toBe(true);
    expect(ids.add('19')).toBe(false);
  });
});

describe('SequenceWatch', () => {
  it('counts what is missing, and takes it back when it comes late', () => {
    const watch = new SequenceWatch();
    expect([7, 8, 11].map((seq) => watch.note('n', '/a', seq))).toEqual([0, 0, 2]);
    expect(watch.lost).toBe(2);
    expect(watch.note('n', '/a', 9)).toBe(0);
    expect(watch.lost).toBe(1);
    expect(watch.note('n', '/a', 9)).toBeUndefined();
    expect(watch.lost).toBe(1);
  });

  it('misses nothing when the first events are overtaken by later ones', () => {
    const watch = new SequenceWatch();
    expect([3, 2, 1, 6, 5, 4].map((seq) => watch.note('n', '/a', seq))).toEqual([0, 0, 0, 2, 0, 0]);
    expect(watch.lost).toBe(0);
    expect([1, 2, 3].map((seq) => watch.note('n', '/a', seq))).toEqual([0, 0, 0]);
  });

  it('begins anew with a topic that begins anew, and where it is told to', () => {
    const watch = new SequenceWatch();
    for (const seq of [500, 1, 2]) expect(watch.note('n', '/a', seq)).toBe(0);
    expect(watch.note('n', '/b', 3)).toBe(0);
    watch.forget('n', ['a']);
    expect(watch.note('n', '/a', 40)).toBe(0);
    expect(watch.note('n', '/b', 5)).toBe(1);
    watch.forget('+');
    expect(watch.note('n', '/b', 50)).toBe(0);
    expect(watch.lost).toBe(1);
  });
});

describe('PendingCalls', () => {
  it('are bounded for each node, and all end with it', async () => {
    const pending = new PendingCalls('i');
    const answers = Array.from({ length: federationLimits.pendingPerNode }, () =>
      pending.open('n').answer.catch((error: Error) => error.message),
    );
    expect(() => pending.open('n')).toThrow(expect.objectContaining({ code: 'OVERLOADED', executed: 'no' }));
    const other = pending.open('m');
    pending.failAllOf('n', new Error('lost') as never);
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['lost']));
    expect([pending.size, pending.countOf('n')]).toEqual([1, 0]);
    pending.answered('m', { type: 'rpc_response', requestid: other.requestId, status: 'success', data: 1 });
    await expect(other.answer).resolves.toBe(1);
  });

  it('are answered by the node that was asked alone, and without a name only by one of the first system', async () => {
    const pending = new PendingCalls('i');
    const ours = pending.open(`n1${'b'.repeat(52)}`);
    const first = pending.open('press');
    const answer = (origin: string | undefined, requestid: string, data: unknown) =>
      pending.answered(origin, { type: 'rpc_response', requestid, status: 'success', data });
    expect([answer(undefined, ours.requestId, 'forged'), answer('press', ours.requestId, 'forged')]).toEqual([false, false]);
    expect([answer(`n1${'b'.repeat(52)}`, ours.requestId, 1), answer(undefined, first.requestId, 2)]).toEqual([true, true]);
    expect(await Promise.all([ours.answer, first.answer])).toEqual([1, 2]);
  });

  it('pass on the beginning of a long error', async () => {
    const pending = new PendingCalls('i');
    const { requestId, answer } = pending.open('n');
    pending.answered('n', { type: 'rpc_response', requestid: requestId, status: 'error', code: 'CONFLICT', message: 'x'.repeat(10_000) });
    await expect(answer).rejects.toMatchObject({ code: 'CONFLICT', message: 'x'.repeat(4_096) });
  });
});

describe('principalOf', () => {
  it('never gives more than is granted, nor more than was claimed', () => {
    const claimed = (roles: ('viewer' | 'operator' | 'admin')[]) => ({ user: 'ada@alpha', roles, via: 'ws' as const });
    expect(principalOf(claimed(['viewer', 'admin']), 'alpha', 'operator')).toEqual({ user: 'ada@alpha', roles: ['operator'], via: 'node' });
    expect(principalOf(claimed(['viewer']), 'alpha', 'admin').roles).toEqual(['viewer']);
    expect(principalOf(claimed([]), 'alpha', 'admin').roles).toEqual([]);
    expect(principalOf(undefined, 'alpha', 'viewer')).toEqual({ user: 'node@alpha', roles: ['viewer'], via: 'node' });
  });
});

describe('sessions of a node', () => {
  it('are ordered by start, then connection, then by time where two starts are equal', () => {
    const session = (fields: Partial<PresenceMessage>) => presence(fields);
    expect(compareSessions(session({ epoch: 2 }), session({ epoch: 1, session: 9 }))).toBeGreaterThan(0);
    expect(compareSessions(session({ session: 1 }), session({ session: 2 }))).toBeLessThan(0);
    expect(compareSessions(session({}), session({ since: 999 }))).toBe(0);
    expect(compareSessions(session({ instance: 'b', since: 101 }), session({ session: 9 }))).toBeGreaterThan(0);
  });
});

describe('NodeDirectory', () => {
  function open() {
    const log: string[] = [];
    const clock = { nowMs: 0 };
    const directory = new NodeDirectory(() => clock.nowMs);
    directory.listen({ online: ({ nodeId }) => log.push(`online ${nodeId}`), lost: ({ nodeId }: KnownNode) => log.push(`lost ${nodeId}`) });
    return { directory, log, clock };
  }

  it('tells a new session from the old one even when the loss was not seen', () => {
    const { directory, log } = open();
    directory.apply(presence());
    directory.apply(presence({ epoch: 2, instance: 'b' }));
    directory.apply(presence({ status: 'offline' }));
    expect(log).toEqual(['online n', 'lost n', 'online n']);
    expect([directory.get('n')?.reachability, directory.ignored]).toEqual(['online', 1]);
  });

  it('knows nothing of others without the broker, and all again with it', () => {
    const { directory, log } = open();
    directory.apply(presence());
    directory.lostSight();
    expect(directory.get('n')?.reachability).toBe('unknown');
    directory.apply(presence());
    expect(log).toEqual(['online n', 'lost n', 'online n']);
  });

  it('counts a node as there while any way leads to it, and says which is the best', () => {
    const { directory, log } = open();
    const ways: string[] = [];
    directory.listen({ rerouted: ({ via }, lost) => ways.push(`${lost} to ${via}`) });
    const seen = () => [directory.get('n')?.via, directory.get('n')?.secure];
    directory.apply(presence());
    expect(seen()).toEqual(['mqtt', false]);
    directory.apply(presence(), 'link', { signed: true });
    expect(seen()).toEqual(['link', true]);
    // The will of its broker connection, and a broker that is gone for this node.
    directory.apply(presence({ status: 'offline' }));
    directory.apply(presence({ session: 2 }));
    directory.lostSight();
    expect([...seen(), directory.get('n')?.reachability]).toEqual(['link', true, 'online']);
    directory.apply(presence({ session: 3 }));
    directory.unreached('n', 'link', 'the link ended', 1_000);
    expect(seen()).toEqual(['mqtt', false]);
    directory.apply(presence({ session: 3, status: 'offline' }));
    expect(log).toEqual(['online n', 'lost n']);
    expect(ways).toEqual(['mqtt to link', 'mqtt to link', 'link to mqtt']);
  });

  it('waits a moment for a way that may be back, and does not for a node that was started again', () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { directory, log } = open();
    let again = 0;
    directory.listen({ rerouted: () => again++ });
    directory.apply(presence(), 'link');
    directory.unreached('n', 'link', 'the link ended', 1_000);
    expect([directory.get('n')?.reachability, directory.get('n')?.via]).toEqual(['online', null]);
    directory.apply(presence(), 'link');
    vi.advanceTimersByTime(2_000);
    expect([log, again]).toEqual([['online n'], 1]);
    directory.unreached('n', 'link', 'the link ended', 1_000);
    vi.advanceTimersByTime(1_000);
    expect([log, directory.get('n')?.reachability]).toEqual([['online n', 'lost n'], 'offline']);
    directory.apply(presence(), 'link');
    directory.unreached('n', 'link', 'the link ended', 1_000);
    directory.apply(presence({ epoch: 2, instance: 'b' }), 'link');
    expect([log.slice(2), again]).toEqual([['online n', 'lost n', 'online n'], 1]);
  });

  it('drops a node that does not belong here any more', () => {
    const { directory, log } = open();
    directory.apply(presence());
    directory.forget('n', 'it was removed from the cluster');
    expect([log, directory.all()]).toEqual([['online n', 'lost n'], []]);
  });

  it('forgets the node that is gone for longest when there are too many, never one that is there', () => {
    const { directory, clock } = open();
    for (let index = 0; index < federationLimits.nodes; index++)
      directory.apply(presence({ serviceId: `n${index}`, status: index === 5 ? 'offline' : 'online' }));
    // It may have lost the broker for a moment, while somebody makes up nodes.
    directory.apply(presence({ serviceId: 'early' }));
    expect([directory.get('early'), directory.get('n5')?.nodeId]).toEqual([undefined, 'n5']);
    clock.nowMs = federationLimits.keepGoneMs;
    directory.apply(presence({ serviceId: 'late' }));
    expect([directory.get('n5'), directory.get('late')?.nodeId]).toEqual([undefined, 'late']);
    directory.apply(presence({ serviceId: 'later' }));
    expect(directory.get('later')).toBeUndefined();
  });

  it('finds by name the node that is there', () => {
    const { directory } = open();
    directory.apply(presence({ serviceId: 'a', name: 'press', status: 'offline' }));
    directory.apply(presence({ serviceId: 'b', name: 'press' }));
    expect(directory.find('press')?.nodeId).toBe('b');
    directory.apply(presence({ serviceId: 'c', name: 'press' }));
    expect(() => directory.find('press')).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
  });

  it('gives nobody what is meant for a node of that name', () => {
    const { directory } = open();
    directory.apply(presence({ serviceId: `n1${'b'.repeat(52)}`, name: 'press' }));
    expect(directory.find('press')?.name).toBe('press');
    directory.apply(presence({ serviceId: 'press' }));
    expect(() => directory.find('press')).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
    expect(directory.find(`n1${'b'.repeat(52)}`)?.name).toBe('press');
  });
});

describe('Outgoing', () => {
  function open({ member = false } = {}) {
    const sent: LinkMessage[] = [];
    const sealed: string[] = [];
    const outgoing = new Outgoing({
      nodeId: 'me',
      topics: new FederationTopics('c'),
      turn: new Turn(),
      epoch: () => 4,
      publish: (link) => sent.push(link) > 0,
      members: { send: (target: string) => sealed.push(target) > 0 } as unknown as MemberTraffic,
      isMemberId: () => member,
      isMember: () => member,
      hasUnsignedReaders: () => !member,
      nowMs: () => 1_795_000_000_123,
      onSent: () => undefined,
      onUnsent: () => undefined,
    });
    return { outgoing, sent, sealed, payloads: () => sent.map(({ payload }) => JSON.parse(String(payload))) };
  }
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  /** After a turn with several messages, so that the next are joined from the first. */
  async function openBusy() {
    const opened = open();
    for (let index = 0; index < 2; index++) opened.outgoing.send('before', 'batch', {});
    await settled();
    opened.sent.length = 0;
    return opened;
  }

  it('lets nothing for a member out unsealed, whatever form it is thought to read', () => {
    const { outgoing, sent, sealed } = open({ member: true });
    for (const form of ['bare', 'envelope', 'batch'] as const) outgoing.send('n1member', form, { type: 'rpc', requestid: '1' });
    outgoing.sendConfirmed('n1member', 'bare', { type: 'unsubscribe', topic: '/a' });
    outgoing.publishEvents('/a', ['{}'], { secure: false, unsigned: 'bare' });
    outgoing.flush();
    expect([sent, sealed]).toEqual([[], ['n1member', 'n1member', 'n1member', 'n1member']]);
  });

  it('sends a lone message at once, and joins what follows it in its turn', async () => {
    const { outgoing, payloads } = open();
    for (const requestid of ['1', '2', '3']) outgoing.send('a', 'batch', { type: 'rpc', requestid });
    expect(payloads()).toMatchObject([{ payload: { message: { requestid: '1' } } }]);
    await settled();
    expect(payloads().slice(1)).toMatchObject([{ payload: { messages: [{ requestid: '2' }, { requestid: '3' }] } }]);
    // The turn before had several, so the first of the next one waits for more; the one after that had one.
    outgoing.send('a', 'batch', { type: 'rpc', requestid: '4' });
    expect(payloads()).toHaveLength(2);
    await settled();
    outgoing.send('a', 'batch', { type: 'rpc', requestid: '5' });
    expect(payloads()).toHaveLength(4);
  });

  it('joins what is for one node in one turn, with a life as long as the longest', async () => {
    const { outgoing, sent, payloads } = await openBusy();
    outgoing.send('a', 'batch', { type: 'rpc', requestid: '1' }, 5);
    outgoing.send('a', 'batch', { type: 'rpc', requestid: '2' }, 90);
    outgoing.send('b', 'batch', { type: 'rpc', requestid: '3' });
    await settled();
    expect(sent.map(({ topic, qos, retain }) => [topic, qos, retain])).toEqual([
      ['c/service/a/inbox', 0, false],
      ['c/service/b/inbox', 0, false],
    ]);
    expect(payloads()[0]).toMatchObject({
      source_node_id: 'me',
      target_node_id: 'a',
      timestamp: 1_795_000_000,
      timestamp_ms: 1_795_000_000_123,
      ttl: 90,
      epoch: 4,
      seq: 3,
      payload: { type: 'Router', messages: [{ requestid: '1' }, { requestid: '2' }] },
    });
    expect(payloads()[1]).toMatchObject({ seq: 4, payload: { type: 'Router', message: { requestid: '3' } } });
  });

  it('lets a batch go when it has grown, so that the other end begins while the turn goes on, and bounds its bytes', async () => {
    const { outgoing, payloads } = await openBusy();
    const { liveBatchMessages } = federationLimits;
    const counts = () => payloads().map(({ payload }) => payload.messages?.length ?? 1);
    for (let index = 0; index < 2 * liveBatchMessages + 10; index++) outgoing.send('a', 'batch', { index });
    expect(counts()).toEqual([liveBatchMessages, liveBatchMessages]);
    for (let index = 0; index < 3; index++) outgoing.send('a', 'batch', { text: 'x'.repeat(150_000) });
    await settled();
    expect(counts()).toEqual([liveBatchMessages, liveBatchMessages, 11, 1, 1]);
  });

  it('speaks to each node in its own form', () => {
    const { outgoing, payloads } = open();
    outgoing.send('a', 'bare', { type: 'rpc' });
    outgoing.send('a', 'envelope', { type: 'rpc' });
    expect(payloads()).toMatchObject([{ type: 'rpc' }, { payload: { message: { type: 'rpc' } } }]);
  });

  it('refuses what no packet can carry', () => {
    const { outgoing } = open();
    expect(() => outgoing.send('a', 'batch', { text: 'ß'.repeat(600_000) })).toThrow(
      expect.objectContaining({ code: 'TOO_LARGE', executed: 'no' }),
    );
  });
});

describe('sealRouterMessages', () => {
  it('gives every envelope an id of its own', () => {
    const head = { source: 'a', target: null, ttlSeconds: 0, epoch: 1, seq: 1, nowMs: 0 };
    const ids = [1, 2].map(() => JSON.parse(sealRouterMessages(head, ['{}'])).message_id);
    expect(ids[0]).not.toBe(ids[1]);
  });
});
