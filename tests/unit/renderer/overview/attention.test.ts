import { expect, test } from 'vitest';
import type { Problem } from '../../../../src/common/contract/node.ts';
import type { NodeInfo } from '../../../../src/common/contract/nodes.ts';
import { clusterConcerns } from '../../../../src/renderer/features/overview/model/attention.ts';
import { troubledGroups } from '../../../../src/renderer/features/shared/queues/troubled-groups.ts';
import { nodeInfo } from '../../../helpers/samples.ts';
import { group, member } from '../queues/samples.ts';

const node = (name: string, change: Partial<NodeInfo> = {}) => nodeInfo(name, { nodeId: `id ${name}`, ...change });
const problem = (id: string, severity: Problem['severity'], sinceMs: number): Problem => ({
  id,
  severity,
  sinceMs,
  title: id,
  detail: '',
  view: null,
});
const none = new Map<string, never>();

test('nothing is said of nodes that are well', () => {
  expect(clusterConcerns({ nodes: [node('a'), node('b')], problemsOf: none, silentMsOf: none, groups: [] })).toEqual([]);
});

test('the worst comes first, and one fault of many nodes is one line', () => {
  const nodes = [
    node('gone', { status: 'offline', lastSeenAt: 5 }),
    node('gone later', { status: 'offline', lastSeenAt: 9 }),
    node('silent'),
    node('away', { status: 'unknown' }),
    node('a'),
    node('b'),
  ];
  const problemsOf = new Map([
    ['id a', [problem('full', 'crit', 3), problem('key', 'warn', 8)]],
    ['id b', [problem('key', 'warn', 2)]],
  ]);
  const silentMsOf = new Map([
    ['id silent', 40_000],
    ['id gone', 40_000],
  ]);
  const groups = troubledGroups([group([member('B-HUB01', { role: 'leader' })]), group([], { groupId: 'G-LOST1', writable: false })]);
  const words = clusterConcerns({ nodes, problemsOf, silentMsOf, groups }).map((concern) => {
    switch (concern.kind) {
      case 'problem':
        return `${concern.problem.id} since ${concern.problem.sinceMs} on ${concern.nodes.map(({ name }) => name).join()}`;
      case 'unknown':
        return `unknown ${concern.nodes.map(({ name }) => name).join()}`;
      case 'queues':
        return `queues ${concern.group.groupId} ${concern.health}`;
      default:
        return `${concern.kind} ${concern.node.name}`;
    }
  });
  expect(words).toEqual([
    'queues G-LOST1 unwritable',
    'full since 3 on a',
    'key since 2 on a,b',
    'silent silent',
    'unknown away',
    'offline gone later',
    'offline gone',
  ]);
});
