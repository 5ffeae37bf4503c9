import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AgentRegistry, type Claim } from '../../../../../../src/main/node/tunnel/gateway/agent-registry.ts';
import type { Session } from '../../../../../../src/main/node/tunnel/gateway/session.ts';
import type { AgentToken } from '../../../../../../src/main/node/tunnel/gateway/tokens.ts';
import type { LinkEnd, RequestHead, StreamEvents, TunnelLink } from '../../../../../../src/main/node/tunnel/link/types.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const token: AgentToken = {
  tokenId: 'T-1',
  agentIds: ['press-*'],
  kinds: ['http', 'tcp'],
  legacy: false,
  duplicates: 'replace',
  secrets: [{ version: 1, secret: 's', untilMs: null }],
};
const head: RequestHead = {
  kind: 'http',
  method: 'GET',
  path: '/',
  headers: [],
  bodyBytes: undefined,
  remoteAddress: undefined,
  gatewayMicros: undefined,
  expectsContinue: false,
};
const events: StreamEvents = { onData: vi.fn(), onEnd: vi.fn(), onReset: vi.fn(), onDrain: vi.fn() };
const lost: LinkEnd = { code: 'lost', reason: 'a test' };

/** Stands for a link: what counts here is how busy it is and how it was closed. */
function fakeLink() {
  const link = {
    protocol: 'v1' as const,
    openStreams: 0,
    bufferedBytes: 0,
    droppedBytes: 0,
    rttMs: undefined,
    bytesIn: 0,
    bytesOut: 0,
    draining: false,
    closed: undefined as LinkEnd | undefined,
    open: vi.fn(() => {
      link.openStreams += 1;
      return {} as ReturnType<TunnelLink['open']>;
    }),
    goAway: vi.fn(),
    close: (end: LinkEnd) => {
      link.closed = end;
    },
  };
  return link;
}

function registryOf() {
  let next = 1;
  const gone: string[] = [];
  const registry = new AgentRegistry({
    newSessionId: () => `S-${next++}`,
    nowMs: () => 1_000,
    graceMs: 10_000,
    onChange: () => undefined,
    onAgentGone: (agentId) => gone.push(agentId),
  });
  const admit = (changes: Partial<Claim> = {}) =>
    registry.admit({
      agentId: 'press-07',
      instanceId: 'one',
      kind: 'http',
      token,
      tokenId: (changes.token ?? token).tokenId,
      secretVersion: 1,
      protocol: 'v1',
      agentVersion: null,
      nodeId: null,
      remoteAddress: '127.0.0.1',
      tls: false,
      access: undefined,
      ...changes,
    });
  const join = (changes: Partial<Claim> = {}, linkIndex = 0) => {
    const session = admit(changes);
    const link = fakeLink();
    registry.joined(session, linkIndex, link);
    return { session, link };
  };
  return { registry, admit, join, gone };
}

function open(registry: AgentRegistry): void {
  registry.find('press-07')?.open(head, events);
}

describe('links of one agent', () => {
  test('are one session; a new stream goes to the one that has least to do', () => {
    const { registry, join } = registryOf();
    const first = join();
    const second = join({}, 1);
    expect(second.session).toBe(first.session);
    open(registry);
    open(registry);
    open(registry);
    expect([first.link.openStreams, second.link.openStreams].sort()).toEqual([1, 2]);
    expect(first.session.requests).toBe(3);
  });

  test('one with the place of another takes it', () => {
    const { join } = registryOf();
    const first = join();
    const again = join();
    expect(first.link.closed?.code).toBe('replaced');
    expect(again.session.links).toBe(1);
  });

  test('a large upload and a link that carries bulk keep away from small requests', () => {
    const { registry, join } = registryOf();
    const first = join();
    const second = join({}, 1);
    first.link.bytesIn = 2_000_000;
    registry.measure();
    open(registry);
    open(registry);
    expect(second.link.openStreams).toBe(2);
    registry.find('press-07')?.open({ ...head, bodyBytes: 2_000_000 }, events);
    expect(first.link.openStreams).toBe(1);
  });

  test('one that drains gets nothing new', () => {
    const { registry, join } = registryOf();
    const { link } = join();
    link.draining = true;
    expect(registry.find('press-07')?.state).toBe('draining');
    expect(() => open(registry)).toThrow(expect.objectContaining({ code: 'OVERLOADED' }));
  });
});

describe('a session that loses its connection', () => {
  test('keeps its name for a moment, and those who wait hear of its return', () => {
    const { registry, join, gone } = registryOf();
    const { session, link } = join();
    registry.ended(session, link, lost);
    expect(registry.find('press-07')?.state).toBe('grace');
    const heard: unknown[] = [];
    registry.awaitReturn('press-07', (agent) => heard.push(agent?.state));
    vi.advanceTimersByTime(9_000);
    const again = join();
    expect(again.session).toBe(session);
    expect(heard).toEqual(['up']);
    vi.advanceTimersByTime(60_000);
    expect(registry.sessions).toHaveLength(1);
    expect(gone).toEqual([]);
  });

  test('is given up after it, and those who wait hear that too', () => {
    const { registry, join, gone } = registryOf();
    const { session, link } = join();
    registry.ended(session, link, lost);
    const heard: unknown[] = [];
    registry.awaitReturn('press-07', (agent) => heard.push(agent));
    const stop = registry.awaitReturn('press-07', () => heard.push('never'));
    stop();
    vi.advanceTimersByTime(10_000);
    expect(heard).toEqual([undefined]);
    expect(registry.find('press-07')).toBeUndefined();
    expect(gone).toEqual(['press-07']);
  });

  test('that was meant to end is gone at once', () => {
    const { registry, join } = registryOf();
    const { session, link } = join();
    registry.ended(session, link, { code: 'goneAway', reason: 'it stops' });
    expect(registry.find('press-07')).toBeUndefined();
  });

  test('does not stand in the way of its agent that was started anew', () => {
    const { registry, join } = registryOf();
    const reject = { ...token, duplicates: 'reject' as const };
    const { session, link } = join({ token: reject });
    registry.ended(session, link, lost);
    const { session: next } = join({ token: reject, instanceId: 'two' });
    expect(registry.sessions).toEqual([next]);
  });
});

describe('a second agent of one name', () => {
  test('replaces the first', () => {
    const { registry, join } = registryOf();
    const first = join();
    const second = join({ instanceId: 'two' });
    expect(first.link.closed?.code).toBe('replaced');
    expect(registry.sessions).toEqual([second.session]);
  });

  test('is refused', () => {
    const { join } = registryOf();
    const reject = { ...token, duplicates: 'reject' as const };
    const first = join({ token: reject });
    expect(() => join({ token: reject, instanceId: 'two' })).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
    expect(first.link.closed).toBeUndefined();
  });

  test('shares the requests with the first', () => {
    const { registry, join } = registryOf();
    const pool = { ...token, duplicates: 'pool' as const };
    const links = ['one', 'two', 'three'].map((instanceId) => join({ token: pool, instanceId }).link);
    for (let count = 0; count < 9; count++) open(registry);
    expect(links.map(({ openStreams }) => openStreams)).toEqual([3, 3, 3]);
  });

  test('leaves the others when one of the pool goes', () => {
    const { registry, join } = registryOf();
    const pool = { ...token, duplicates: 'pool' as const };
    const first = join({ token: pool });
    const second = join({ token: pool, instanceId: 'two' });
    registry.ended(first.session, first.link, lost);
    open(registry);
    expect(second.link.openStreams).toBe(1);
    expect(registry.find('press-07')?.state).toBe('up');
  });

  test('never takes a name from another token', () => {
    const { join } = registryOf();
    join();
    expect(() => join({ token: { ...token, tokenId: 'T-2' }, instanceId: 'two' })).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
  });
});

describe('tokens while their sessions live', () => {
  const recheck = (registry: AgentRegistry, ...tokens: AgentToken[]) =>
    registry.recheck(new Map(tokens.map((known) => [known.tokenId, known])));
  const ended = ({ link }: { session: Session; link: ReturnType<typeof fakeLink> }) => link.closed?.code;

  test('one that is revoked ends its sessions', () => {
    const { registry, join } = registryOf();
    const joined = join();
    expect(recheck(registry, token)).toBe(0);
    expect(recheck(registry)).toBe(1);
    expect(ended(joined)).toBe('revoked');
    expect(registry.find('press-07')).toBeUndefined();
  });

  test('a rotated one ends the sessions of its former secret when its grace is over', () => {
    const { registry, join } = registryOf();
    const joined = join();
    const rotated = (untilMs: number): AgentToken => ({
      ...token,
      secrets: [
        { version: 2, secret: 'new', untilMs: null },
        { version: 1, secret: 's', untilMs },
      ],
    });
    expect(recheck(registry, rotated(1_001))).toBe(0);
    expect(recheck(registry, rotated(1_000))).toBe(1);
    expect(ended(joined)).toBe('revoked');
  });

  test('one that is revoked while its agent signs in ends the link that comes of it', () => {
    const { registry, join } = registryOf();
    const { session } = join();
    recheck(registry);
    const late = fakeLink();
    registry.joined(session, 1, late);
    expect(late.closed?.code).toBe('revoked');
    expect(registry.find('press-07')).toBeUndefined();
  });

  test('none is said to be revoked because a sign-in took longer than the grace, and a name that was taken meanwhile is told as such', () => {
    const { registry, admit, join } = registryOf();
    const slow = admit();
    vi.advanceTimersByTime(10_000);
    const late = fakeLink();
    registry.joined(slow, 0, late);
    expect(late.closed?.code).toBe('closed');
    expect(registry.sessions).toEqual([]);

    const former = admit();
    join({ instanceId: 'two' });
    const tooLate = fakeLink();
    registry.joined(former, 0, tooLate);
    expect(tooLate.closed?.code).toBe('replaced');
  });

  test('an agent that has proven itself within the grace keeps its place until its link is there', () => {
    const { registry, admit, join } = registryOf();
    const { session, link } = join();
    registry.ended(session, link, lost);
    vi.advanceTimersByTime(9_999);
    expect(admit()).toBe(session);
    vi.advanceTimersByTime(9_999);
    const again = fakeLink();
    registry.joined(session, 0, again);
    expect(again.closed).toBeUndefined();
    expect(registry.find('press-07')?.state).toBe('up');
  });

  test('one that is no longer for a name or a kind ends them', () => {
    const { registry, join } = registryOf();
    const first = join();
    expect(recheck(registry, { ...token, kinds: ['tcp'] })).toBe(1);
    expect(ended(first)).toBe('revoked');
    join();
    expect(recheck(registry, { ...token, agentIds: ['lathe-*'] })).toBe(1);
  });
});

test('what came for requests that were over is counted', () => {
  const { join } = registryOf();
  const { session, link } = join();
  link.droppedBytes = 7;
  expect(session.droppedBytes).toBe(7);
});

test('nobody is waited for once the gateway stops', () => {
  const { registry, join } = registryOf();
  const { session, link } = join();
  registry.ended(session, link, lost);
  registry.stop();
  expect(registry.sessions).toEqual([]);
});

describe('an agent that was signed in before the gateway started', () => {
  test('is waited for', () => {
    const { registry, join } = registryOf();
    registry.expect('press-07', 'http', token.tokenId);
    expect(registry.find('press-07')?.state).toBe('grace');
    const heard: unknown[] = [];
    registry.awaitReturn('press-07', (agent) => heard.push(agent?.state));
    join();
    expect(heard).toEqual(['up']);
    vi.advanceTimersByTime(60_000);
    expect(registry.find('press-07')?.state).toBe('up');
  });

  test('is given up after the grace', () => {
    const { registry, gone } = registryOf();
    registry.expect('press-07', 'http', token.tokenId);
    const heard: unknown[] = [];
    registry.awaitReturn('press-07', (agent) => heard.push(agent));
    vi.advanceTimersByTime(10_000);
    expect(heard).toEqual([undefined]);
    expect(gone).toEqual(['press-07']);
    expect(registry.find('press-07')).toBeUndefined();
  });
});
