/** Members of one cluster, each with a proxy before its door: what happens to their links is in the hand of the test. */
import { expect } from 'vitest';
import type { SignalboxNode } from '../../src/main/node/node.ts';
import type { NodeOptions } from '../../src/main/node/node-foundation.ts';
import type { PeerMessage, SendOptions } from '../../src/main/node/peers/types.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { freePort } from './free-port.ts';
import { letJoin, type MemberNode, startMember } from './member-node.ts';

export interface ProxiedMember extends MemberNode {
  /** Before its door: others dial here. */
  readonly proxy: FaultProxy;
}

export interface ProxiedMembersOptions {
  /** Of all, or of each by its name. */
  readonly settings?: Record<string, unknown> | ((name: string) => Record<string, unknown>);
  readonly peerTimes?: NodeOptions['peerTimes'];
}

/** Starts members; each has all others on line when this resolves. The first is the admin. */
export async function startProxiedMembers<const Names extends readonly string[]>(
  names: Names,
  { settings = {}, peerTimes }: ProxiedMembersOptions = {},
): Promise<{ [K in keyof Names]: ProxiedMember }> {
  const members = await Promise.all(
    names.map(async (name): Promise<ProxiedMember> => {
      const port = await freePort();
      const proxy = await startFaultProxy(port);
      const links = { 'links.port': port, 'links.advertise': `127.0.0.1:${proxy.port}` };
      const own = typeof settings === 'function' ? settings(name) : settings;
      return { ...(await startMember(name, { ...links, ...own }, undefined, peerTimes)), proxy };
    }),
  );
  const [admin, ...guests] = members;
  await admin?.client.call('membership.create', { name: 'North yard' });
  for (const guest of guests) if (admin !== undefined) await letJoin(admin, guest);
  for (const { node } of members)
    await expect.poll(() => node.peers.communicator.reachable().length, { interval: 20 }).toBe(names.length - 1);
  return members as { [K in keyof Names]: ProxiedMember };
}

/** What one node takes of messages of the type `Note`, by their numbers, in order. */
export function takeNotes({ peers }: SignalboxNode): readonly number[] {
  const taken: number[] = [];
  peers.communicator.on('Note', ({ number }) => void taken.push(number as number));
  return taken;
}

/** Sends numbered messages to a node. Resolves when they are taken over for sending. @returns how each comes to its end */
export async function sendNotes(
  from: SignalboxNode,
  to: SignalboxNode,
  numbers: readonly number[],
  options: SendOptions & { readonly text?: string },
): Promise<{ readonly outcomes: Promise<readonly string[]> }> {
  const { text, ...sendOptions } = options;
  const noteOf = (number: number): PeerMessage => ({ type: 'Note', number, ...(text !== undefined && { text }) });
  const deliveries = await Promise.all(numbers.map((number) => from.peers.communicator.send(to.nodeId, noteOf(number), sendOptions)));
  return { outcomes: Promise.all(deliveries.map(async ({ settled }) => (await settled).outcome)) };
}

/** `count` numbers from `first` on. */
export function numbersFrom(first: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, at) => first + at);
}
