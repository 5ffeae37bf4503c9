/** Where a request goes (wire.md 1): this node, another one, any with a capability, all of them, or everybody without an answer. */
import { z } from 'zod';
import type { CallOptions } from '../../../../common/client/node-client.ts';
import type { NodeInfo } from '../../../../common/contract/nodes.ts';
import type { Scope } from '../../../state/scope.ts';

/** Every node has it: "any node" is any that answers. */
export const commonCapability = 'router';

const nodeText = z.string().min(1).max(128);

const currentSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('self') }),
  /** `name`: what the node was called when it was chosen, for when nobody knows it any more. */
  z.object({ kind: z.literal('node'), nodeId: nodeText, name: nodeText.optional() }),
  z.object({ kind: z.literal('any'), capability: nodeText }),
  z.object({ kind: z.literal('all'), capability: nodeText.optional() }),
  z.object({ kind: z.literal('broadcast') }),
]);
export type RequestTarget = z.infer<typeof currentSchema>;

export const ownNode: RequestTarget = { kind: 'self' };

/** Consoles before federation knew a word only. */
const earlierSchema = z.enum(['node', 'any', 'all']).transform((word): RequestTarget => {
  if (word === 'node') return ownNode;
  return word === 'any' ? { kind: 'any', capability: commonCapability } : { kind: 'all' };
});

/** A target as it is kept, in today's form or an earlier one. */
export const requestTargetSchema = z.union([currentSchema, earlierSchema]);

/** The same text for the same target; what a node was called does not matter. */
export function targetKey(target: RequestTarget): string {
  switch (target.kind) {
    case 'node':
      return `node:${target.nodeId}`;
    case 'any':
      return `any:${target.capability}`;
    case 'all':
      return target.capability === undefined ? 'all' : `all:${target.capability}`;
    default:
      return target.kind;
  }
}

/** True when several nodes run the call. */
export function goesToMany(target: RequestTarget): boolean {
  return target.kind === 'all' || target.kind === 'broadcast';
}

/** The options of a client's call that send it there. */
export function callOptionsOf(target: RequestTarget): Pick<CallOptions, 'serviceId' | 'target'> {
  switch (target.kind) {
    case 'self':
      return {};
    case 'node':
      return { target: { node: target.nodeId } };
    case 'any':
      return { target: { any: target.capability } };
    case 'all':
      return { target: { all: target.capability ?? true } };
    case 'broadcast':
      return { serviceId: '*' };
  }
}

/** The target that a new request begins with: the instance that the console looks at. */
export function targetOfScope(scope: Scope, nodes: readonly NodeInfo[]): RequestTarget {
  if (scope.kind === 'self') return ownNode;
  return scope.kind === 'all' ? { kind: 'all' } : targetOfNode(scope.nodeId, nodes);
}

/** One node as a target; the own one by its id too. */
export function targetOfNode(nodeId: string, nodes: readonly NodeInfo[]): RequestTarget {
  const node = nodes.find((known) => known.nodeId === nodeId);
  if (node?.self === true) return ownNode;
  return { kind: 'node', nodeId, ...(node !== undefined && { name: node.name }) };
}

/** The nodes that a target stands for, reachable or not; none where the router chooses. */
export function nodesOf(target: RequestTarget, nodes: readonly NodeInfo[]): readonly NodeInfo[] {
  switch (target.kind) {
    case 'self':
      return nodes.filter((node) => node.self);
    case 'node':
      return nodes.filter((node) => node.nodeId === target.nodeId);
    case 'any':
      return [];
    case 'all': {
      const { capability } = target;
      return capability === undefined ? nodes : nodes.filter((node) => node.capabilities.includes(capability));
    }
    case 'broadcast':
      return nodes;
  }
}

/** How a node is named in a command: by its name where only one has it, else by its id. */
export function addressOf(nodeId: string, nodes: readonly NodeInfo[]): string {
  const name = nodes.find((node) => node.nodeId === nodeId)?.name;
  return name !== undefined && nodes.filter((node) => node.name === name).length === 1 ? name : nodeId;
}
