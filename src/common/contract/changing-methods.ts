/**
 * The methods that change something, by name alone. A client has to know them before each call, and the console's first screen
 * must not wait for the schemas of the whole contract to learn it. The compiler holds this table against the contract.
 */
import { aliases } from './aliases.ts';
import type { Contract, MethodName } from './index.ts';

type ChangingMethod = { [M in MethodName]: Contract[M]['effect'] extends 'read' ? never : M }[MethodName];

/** `quiet`: nothing that a person is told of (see MethodSpec). */
type Kind<M extends MethodName> = Contract[M] extends { readonly quiet: true } ? 'quiet' : 'told';

const changingMethods: { readonly [M in ChangingMethod]: Kind<M> } = {
  'brokers.backup': 'told',
  'brokers.createGroup': 'told',
  'brokers.join': 'told',
  'brokers.leave': 'told',
  'brokers.rebalance': 'told',
  'brokers.remove': 'told',
  'brokers.restore': 'told',
  'brokers.transfer': 'told',
  'config.set': 'told',
  'events.publish': 'told',
  'gateway.closeSession': 'told',
  'gateway.createRoute': 'told',
  'gateway.createToken': 'told',
  'gateway.deleteRoute': 'told',
  'gateway.revokeToken': 'told',
  'gateway.rotateToken': 'told',
  'ledger.checkpoint': 'told',
  'ledger.note': 'told',
  'ledger.repair': 'told',
  'logs.setLevel': 'told',
  'membership.accept': 'told',
  'membership.admit': 'told',
  'membership.ask': 'told',
  'membership.create': 'told',
  'membership.invite': 'told',
  'membership.inviteFile': 'told',
  'membership.join': 'told',
  'membership.leave': 'told',
  'membership.recover': 'told',
  'membership.refuse': 'told',
  'membership.revoke': 'told',
  'membership.rotate': 'told',
  'membership.setRoles': 'told',
  'membership.skip': 'told',
  'membership.withdraw': 'told',
  'node.restart': 'told',
  'peers.add': 'told',
  'peers.discard': 'told',
  'peers.forgive': 'told',
  'peers.probe': 'quiet',
  'peers.remove': 'told',
  'queues.append': 'told',
  'queues.configure': 'told',
  'queues.create': 'told',
  'queues.delete': 'told',
  'queues.forgetClient': 'told',
  'queues.purge': 'told',
  'queues.read': 'told',
  'queues.seek': 'told',
  'store.delete': 'told',
  'store.forget': 'told',
  'store.put': 'told',
  'tunnels.clearRequests': 'told',
  'tunnels.create': 'told',
  'tunnels.delete': 'told',
  'tunnels.replay': 'told',
  'tunnels.update': 'told',
  'users.add': 'told',
  'users.remove': 'told',
  'users.setPassword': 'told',
  'users.setRole': 'told',
  'users.setupLink': 'told',
  'workspace.put': 'quiet',
  'workspace.remove': 'quiet',
};

// Maps, so that `toString` is no method (security.md row 20a).
const kinds: ReadonlyMap<string, 'told' | 'quiet'> = new Map(Object.entries(changingMethods));
const methodOf: ReadonlyMap<string, string> = new Map(Object.entries(aliases));

/** What a method changes, by its name or that of the first system; undefined: nothing, or no method of the contract. */
export function changeOf(name: string): 'told' | 'quiet' | undefined {
  return kinds.get(methodOf.get(name) ?? name);
}
