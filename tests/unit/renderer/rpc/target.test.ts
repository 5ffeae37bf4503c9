import { describe, expect, it } from 'vitest';
import { dangerOf } from '../../../../src/renderer/features/rpc/model/danger.ts';
import {
  addressOf,
  callOptionsOf,
  nodesOf,
  type RequestTarget,
  targetKey,
  targetOfNode,
  targetOfScope,
} from '../../../../src/renderer/features/rpc/model/target.ts';
import { targetChoices } from '../../../../src/renderer/features/rpc/model/target-choices.ts';
import { nodeInfo as node } from '../../../helpers/samples.ts';

const nodes = [
  node('laptop', { self: true }),
  node('press-10', { capabilities: ['router', 'press', 'edge'] }),
  node('kiln', { status: 'offline', capabilities: ['router', 'edge'] }),
  node('press-9', { capabilities: ['router', 'press'] }),
];

describe('a target', () => {
  it('is the instance that the console looks at, for a new request', () => {
    expect(targetOfScope({ kind: 'self' }, nodes)).toEqual({ kind: 'self' });
    expect(targetOfScope({ kind: 'all' }, nodes)).toEqual({ kind: 'all' });
    expect(targetOfScope({ kind: 'node', nodeId: 'n1-kiln' }, nodes)).toEqual({ kind: 'node', nodeId: 'n1-kiln', name: 'kiln' });
  });

  it('of a link is the own node for its id, and keeps an id that nobody knows', () => {
    expect(targetOfNode('n1-laptop', nodes)).toEqual({ kind: 'self' });
    expect(targetOfNode('n1-gone', nodes)).toEqual({ kind: 'node', nodeId: 'n1-gone' });
  });

  it('is sent as the protocol says', () => {
    const sent = (target: RequestTarget) => callOptionsOf(target);
    expect(sent({ kind: 'self' })).toEqual({});
    expect(sent({ kind: 'node', nodeId: 'n1-kiln' })).toEqual({ target: { node: 'n1-kiln' } });
    expect(sent({ kind: 'any', capability: 'press' })).toEqual({ target: { any: 'press' } });
    expect(sent({ kind: 'all' })).toEqual({ target: { all: true } });
    expect(sent({ kind: 'all', capability: 'press' })).toEqual({ target: { all: 'press' } });
    expect(sent({ kind: 'broadcast' })).toEqual({ serviceId: '*' });
  });

  it('stands for the nodes that have the capability, reachable or not', () => {
    expect(nodesOf({ kind: 'all', capability: 'edge' }, nodes).map(({ name }) => name)).toEqual(['press-10', 'kiln']);
    expect(nodesOf({ kind: 'broadcast' }, nodes)).toHaveLength(4);
    expect(nodesOf({ kind: 'any', capability: 'edge' }, nodes)).toEqual([]);
  });

  it('is named by its name in a command, unless another node has it too', () => {
    expect(addressOf('n1-kiln', nodes)).toBe('kiln');
    expect(addressOf('n1-kiln', [...nodes, node('kiln', { nodeId: 'n1-other' })])).toBe('n1-kiln');
    expect(addressOf('n1-gone', nodes)).toBe('n1-gone');
  });
});

describe('the choices of the picker', () => {
  const keys = (target: RequestTarget = { kind: 'self' }) => {
    const choices = targetChoices(nodes, target);
    return Object.fromEntries(Object.entries(choices).map(([group, list]) => [group, list.map(({ key }: { key: string }) => key)]));
  };

  it('are this node, all, any, everybody, the nodes by reach and name, and the capabilities there are', () => {
    expect(keys()).toEqual({
      common: ['self', 'all', 'any:router', 'broadcast'],
      nodes: ['node:n1-press-9', 'node:n1-press-10', 'node:n1-kiln'],
      any: ['any:edge', 'any:press'],
      all: ['all:edge', 'all:press'],
    });
  });

  it('still have what was chosen when it is gone', () => {
    expect(keys({ kind: 'node', nodeId: 'n1-gone', name: 'gone' }).nodes).toContain('node:n1-gone');
    expect(keys({ kind: 'all', capability: 'old' }).all).toContain('all:old');
    expect(keys({ kind: 'any', capability: 'old' }).any).toContain('any:old');
  });

  it('have a key each', () => {
    const all = Object.values(targetChoices(nodes, { kind: 'self' })).flat() as readonly { key: string; target: RequestTarget }[];
    expect(new Set(all.map(({ key }) => key)).size).toBe(all.length);
    expect(all.every(({ key, target }) => targetKey(target) === key)).toBe(true);
  });
});

describe('how much is asked before a call', () => {
  const params = { type: 'object' };
  const of = (effect: 'read' | 'write' | 'destructive', environment: string, target: RequestTarget) =>
    dangerOf({ effect, params }, environment, target);

  it('grows with the number of nodes and with production', () => {
    const all: RequestTarget = { kind: 'all' };
    expect([of('read', 'prod', all), of('write', 'dev', all), of('write', 'prod', all)]).toEqual([0, 1, 2]);
    expect([of('write', 'prod', { kind: 'self' }), of('write', 'prod', { kind: 'broadcast' })]).toEqual([1, 2]);
    expect([of('destructive', 'dev', { kind: 'self' }), of('destructive', 'dev', all)]).toEqual([2, 3]);
  });
});
