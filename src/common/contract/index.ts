/** The whole contract: every method of the node, declared once. */
import type { z } from 'zod';
import { aliases } from './aliases.ts';
import { auditContract } from './audit.ts';
import { brokersContract } from './brokers.ts';
import { clusterContract } from './cluster.ts';
import { configContract } from './config.ts';
import type { MethodSpec } from './define.ts';
import { eventsContract } from './events.ts';
import { feedsContract } from './feeds.ts';
import { gatewayContract } from './gateway.ts';
import { groupKeyContract } from './group-key.ts';
import { identityContract } from './identity.ts';
import { joiningContract } from './joining.ts';
import { ledgerContract } from './ledger.ts';
import { logsContract } from './logs.ts';
import { membershipContract } from './membership.ts';
import { mqttContract } from './mqtt.ts';
import { nodeContract } from './node.ts';
import { nodesContract } from './nodes.ts';
import { peersContract } from './peers.ts';
import { queuesContract } from './queues.ts';
import { rpcContract } from './rpc.ts';
import { storeContract } from './store.ts';
import { systemContract } from './system.ts';
import { tunnelsContract } from './tunnels.ts';
import { usersContract } from './users.ts';
import { workspaceContract } from './workspace.ts';

export const contract = {
  ...systemContract,
  ...nodeContract,
  ...nodesContract,
  ...peersContract,
  ...clusterContract,
  ...membershipContract,
  ...groupKeyContract,
  ...identityContract,
  ...joiningContract,
  ...mqttContract,
  ...rpcContract,
  ...eventsContract,
  ...feedsContract,
  ...queuesContract,
  ...brokersContract,
  ...gatewayContract,
  ...tunnelsContract,
  ...ledgerContract,
  ...logsContract,
  ...configContract,
  ...usersContract,
  ...auditContract,
  ...workspaceContract,
  ...storeContract,
} as const;

export type Contract = typeof contract;
export type MethodName = keyof Contract;

/** Params as a caller writes them (defaults may be left out). */
export type ParamsOf<M extends MethodName> = z.input<Contract[M]['params']>;
/** Params as a handler gets them (defaults filled in). */
export type ParsedParamsOf<M extends MethodName> = z.output<Contract[M]['params']>;
export type ResultOf<M extends MethodName> = z.output<Contract[M]['result']>;
export type ProgressOf<M extends MethodName> = Contract[M] extends { readonly progress: infer G extends z.ZodType } ? z.output<G> : unknown;

/** Names of the first system that wait for the assistant: they answer `METHOD_NOT_FOUND` with a plain sentence. */
export const assistantAliases: ReadonlySet<string> = new Set(['query_assist', 'clear_assist_session', 'assist_introduction']);

const specs: ReadonlyMap<string, MethodSpec> = new Map(Object.entries(contract));
const aliasMap: ReadonlyMap<string, MethodName> = new Map(Object.entries(aliases));

/** The method behind a name that a client sent, or undefined. A map, so that `toString` is no method (security.md row 20a). */
export function resolveMethod(name: string): { readonly name: MethodName; readonly spec: MethodSpec } | undefined {
  const canonical = aliasMap.get(name) ?? name;
  const spec = specs.get(canonical);
  return spec === undefined ? undefined : { name: canonical as MethodName, spec };
}

/** Names of the first system for a method. */
export function aliasesOf(method: string): readonly string[] {
  return [...aliasMap].filter(([, target]) => target === method).map(([alias]) => alias);
}

/** All methods by name. */
export function allMethods(): ReadonlyMap<string, MethodSpec> {
  return specs;
}

export type { MethodSpec, ServiceContract } from './define.ts';
