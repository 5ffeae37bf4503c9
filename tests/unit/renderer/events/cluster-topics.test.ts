import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SignalboxError } from '../../../../src/common/errors.ts';
import { BranchReader, mostReadBranches } from '../../../../src/renderer/features/events/model/branch-reader.ts';
import { type ClusterLine, ClusterTopics } from '../../../../src/renderer/features/events/model/cluster-topics.ts';
import { troubleOf } from '../../../../src/renderer/features/events/model/subscription-trouble.ts';
import { isCovered, suggestTopics } from '../../../../src/renderer/features/events/model/topic-words.ts';
import { firstSubscriptions } from '../../../../src/renderer/features/events/saved-view.ts';
import { namesOf } from '../../../../src/renderer/state/node-names.ts';
import { canonicalTopic, readableTopic, resolverOf } from '../../../../src/renderer/state/node-resolver.ts';
import { nodeInfo as node } from '../../../helpers/samples.ts';

const nodes = [node('laptop', { self: true }), node('hub'), node('press')];
const stats = (topic: string, published: number) => ({
  topic,
  published,
  perSecond: 0,
  subscribers: 0,
  dropped: 0,
  lastAt: null,
  lastPreview: null,
});

function words(line: ClusterLine): string {
  const indent = '  '.repeat(line.depth);
  switch (line.kind) {
    case 'node':
      return `${indent}${line.node.name} ${line.count}`;
    case 'every':
      return `${indent}every`;
    case 'topic':
      return `${indent}${line.row.label} ${line.row.count}`;
    case 'note':
      return `${indent}(${line.note instanceof SignalboxError ? line.note.code : line.note})`;
  }
}

describe('the topics of the cluster', () => {
  let topics: ClusterTopics;
  beforeEach(() => {
    topics = new ClusterTopics();
    topics.own.apply([stats('/stats', 3)], 0, 0);
  });
  const lines = (...open: string[]) => topics.lines(nodes, new Set(open)).map(words);

  it('are a branch for each node, the own one first', () => {
    expect(lines('node:own')).toEqual(['every', 'laptop 3', '  stats 3', 'hub 0', 'press 0']);
    expect(topics.lines(nodes.slice(0, 1), new Set()).map(words)).toEqual(['laptop 3']);
  });

  it('of another node come when its branch is open, or say why not', () => {
    expect(lines('node:n1-hub')).toContain('  (reading)');
    topics.setState('n1-hub', { kind: 'failed', error: new SignalboxError('TIMEOUT', 'Late.') });
    expect(lines('node:n1-hub')).toContain('  (TIMEOUT)');
    topics.apply('n1-hub', [stats('/site/a', 5)], 0, 0);
    expect(lines('node:n1-hub', 'n1-hub/site')).toEqual(['every', 'laptop 3', 'hub 5', '  site 5', '    a 5', 'press 0']);
    topics.apply('n1-press', [], 0, 0);
    expect(lines('node:n1-press')).toContain('  (empty)');
    const away = [nodes[0] ?? node(''), node('hub', { status: 'offline' })];
    expect(new ClusterTopics().lines(away, new Set(['node:n1-hub'])).map(words)).toContain('  (lost)');
  });

  it('count what is announced at its node, by id whatever name it was subscribed under', () => {
    topics.note('hub/stats', 'n1-hub', 'n1-laptop', '1', 0);
    topics.note('n1-hub/stats', 'n1-hub', 'n1-laptop', '2', 0);
    topics.note('/stats', 'n1-laptop', 'n1-laptop', '3', 0);
    topics.note('n1-laptop/stats', 'n1-laptop', 'n1-laptop', '3', 0);
    expect(lines()).toEqual(['every', 'laptop 4', 'hub 2', 'press 0']);
  });

  it('of every node are one branch, whose lines subscribe everywhere', () => {
    topics.apply('n1-hub', [stats('/stats', 5), stats('/site/a', 1)], 0, 0);
    const open = topics.lines(nodes, new Set(['node:+']));
    expect(open.slice(0, 3).map(words)).toEqual(['every', '  site 1', '  stats 8']);
    expect(open.slice(0, 3).map((line) => (line.kind === 'note' ? '' : line.filter))).toEqual(['+/#', '+/site/#', '+/stats']);
  });
});

describe('open branches', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function setUp() {
    const asked: string[] = [];
    const read: string[] = [];
    const state = { watched: true };
    const reader = new BranchReader<number>({
      everyMs: 5_000,
      read: (nodeId, signal) => {
        asked.push(nodeId);
        if (nodeId === 'broken') return Promise.reject(new SignalboxError('NODE_LOST', 'Lost.'));
        return new Promise((resolve, reject) => {
          if (nodeId !== 'silent') resolve(1);
          signal.addEventListener('abort', () => reject(new SignalboxError('CANCELLED', 'Cancelled.')));
        });
      },
      isWatched: () => state.watched,
      onBegin: () => undefined,
      onRead: (nodeId) => read.push(nodeId),
      onFailed: (nodeId, error) => read.push(`${nodeId} ${error.code}`),
    });
    return { reader, asked, read, state };
  }

  it('are read again and again, and not at all once they are closed', async () => {
    const { reader, asked, read } = setUp();
    reader.want(['a', 'broken']);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(read).toEqual(['a', 'broken NODE_LOST', 'a', 'broken NODE_LOST']);
    reader.want(['a']);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(asked.filter((nodeId) => nodeId === 'broken')).toHaveLength(2);
    reader.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('take back what was asked when they are closed', async () => {
    const { reader, read } = setUp();
    reader.want(['silent']);
    reader.want([]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect([read, vi.getTimerCount()]).toEqual([[], 0]);
  });

  it('are read while somebody looks, and only so many at once', async () => {
    const { reader, asked, state } = setUp();
    state.watched = false;
    reader.want(Array.from({ length: mostReadBranches + 5 }, (_, index) => `n${index}`));
    await vi.advanceTimersByTimeAsync(0);
    expect(asked).toEqual([]);
    state.watched = true;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(asked).toHaveLength(mostReadBranches);
    reader.stop();
  });
});

describe('the names of nodes in topics', () => {
  it('are found by id and by a name that one node has', () => {
    const resolve = resolverOf([...nodes, node('press', { nodeId: 'n1-twin' })]);
    expect([resolve('n1-press'), resolve('hub'), resolve('press'), resolve('gone')]).toEqual(['n1-press', 'n1-hub', undefined, undefined]);
    expect(namesOf([...nodes, node('press', { nodeId: 'n1-twin' })])('n1-press')).toBe('press (n1-press)');
  });

  it('make two ways to write a topic one', () => {
    const topics = ['press/stats', 'n1-press/stats', 'laptop/stats', '/stats', '+/stats', 'gone/stats', 'no topic'];
    expect(topics.map((topic) => canonicalTopic(topic, nodes))).toEqual([
      'n1-press/stats',
      'n1-press/stats',
      '/stats',
      '/stats',
      '+/stats',
      'gone/stats',
      'no topic',
    ]);
  });

  it('are shown by name where that is exact and one word', () => {
    const known = [...nodes, node('my node', { nodeId: 'n1-two-words' }), node('hub', { nodeId: 'n1-twin' })];
    const topics = ['n1-press/stats', 'n1-two-words/stats', 'n1-hub/stats', '/stats', '+/stats', 'n1-gone/stats'];
    expect(topics.map((topic) => readableTopic(topic, known))).toEqual([
      'press/stats',
      'n1-two-words/stats',
      'n1-hub/stats',
      '/stats',
      '+/stats',
      'n1-gone/stats',
    ]);
  });

  it('say whether a line of the tree is subscribed already', () => {
    const covered = (wanted: string, ...topics: string[]) =>
      isCovered(
        wanted,
        topics.map((topic) => ({ topic, color: 's1', hidden: false }) as const),
        nodes,
      );
    expect(covered('n1-press/stats', 'press/stats')).toBe(true);
    expect(covered('n1-press/site/#', 'press/#')).toBe(true);
    expect(covered('n1-press/stats', '+/stats')).toBe(true);
    expect(covered('/stats', '+/stats')).toBe(true);
    expect(covered('+/stats', 'press/stats', '/stats')).toBe(false);
    expect(covered('n1-press/#', 'press/stats')).toBe(false);
  });

  it('complete what is being written', () => {
    const own = ['/stats', '/site/a'];
    const topicsOf = (nodeId: string) => (nodeId === 'n1-hub' ? ['/broker'] : []);
    const suggest = (text: string) => suggestTopics(text, { own, nodes, topicsOf });
    expect(suggest('')).toEqual([...own, '+/', 'hub/', 'press/']);
    expect(suggest('/st')).toEqual(own);
    expect(suggest('+/')).toEqual(['+/stats', '+/site/a']);
    expect(suggest('hub/')).toEqual(['hub/broker', 'hub/stats', 'hub/site/a']);
    expect(suggest('press/s')).toEqual(['press/stats', 'press/site/a']);
  });
});

describe('a subscription that delivers nothing', () => {
  const waiting = (code: 'NODE_UNREACHABLE' | 'OVERLOADED' | null) => ({ topic: '', code, message: 'Why.' });

  it('says whether its node is unknown, away, silent, or refused', () => {
    expect(troubleOf('press/stats', undefined, nodes)).toBeUndefined();
    expect(troubleOf('gone/stats', waiting('NODE_UNREACHABLE'), nodes)).toMatchObject({ kind: 'unknown', node: 'gone', retry: true });
    expect(troubleOf('n1-press/stats', waiting(null), nodes)).toMatchObject({ kind: 'asking', node: 'press', retry: false });
    expect(troubleOf('press/stats', waiting('OVERLOADED'), nodes)).toMatchObject({ kind: 'refused', message: 'Why.' });
  });

  it('waits for a node that went away later, which restores it by itself', () => {
    const away = [node('press', { status: 'offline' })];
    expect(troubleOf('press/stats', undefined, away)).toMatchObject({ kind: 'away', node: 'press', retry: false });
    expect(troubleOf('press/stats', waiting('NODE_UNREACHABLE'), away)).toMatchObject({ kind: 'away', retry: true });
  });
});

describe('what a person sees who has chosen nothing', () => {
  it('is the life of the instance that is looked at', () => {
    const topics = (scope: Parameters<typeof firstSubscriptions>[0]) => firstSubscriptions(scope).map(({ topic }) => topic);
    expect(topics({ kind: 'self' })).toEqual(['/stats', '/cluster/#', '/notifications']);
    expect(topics({ kind: 'node', nodeId: 'n1-press' })).toEqual(['n1-press/stats', 'n1-press/cluster/rpc', 'n1-press/notifications']);
    expect(topics({ kind: 'all' })).toEqual(['+/stats', '+/cluster/rpc', '+/notifications']);
  });
});
