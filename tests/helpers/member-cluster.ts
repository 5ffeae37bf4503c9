/** Members of one cluster: they have joined over links, and reach each other as a test wants it. */
import { expect } from 'vitest';
import type { CarrierKind } from '../../src/common/contract/nodes.ts';
import type { NodeOptions } from '../../src/main/node/node-foundation.ts';
import { letJoin, type MemberNode, startMember } from './member-node.ts';
import { until } from './until.ts';

export interface MemberClusterOptions {
  /** Names; the first is the admin. */
  readonly names: readonly string[];
  readonly brokerUrl: string;
  readonly settings?: Record<string, unknown>;
  readonly links?: 'off' | 'auto';
}

/** Starts members; each knows all others to be there when this resolves. */
export async function startMembers({ names, brokerUrl, settings = {}, links = 'off' }: MemberClusterOptions): Promise<MemberNode[]> {
  const founding = await Promise.all(names.map((name) => startMember(name)));
  const [admin, ...guests] = founding;
  if (admin === undefined) return [];
  await admin.client.call('membership.create', { name: 'North yard' });
  for (const guest of guests) await letJoin(admin, guest);
  for (const member of founding) await expect.poll(() => member.member(names.at(-1) ?? ''), { timeout: 20_000 }).toBeDefined();
  await Promise.all(founding.map((member) => member.stop()));
  const members = await Promise.all(
    founding.map(({ name, folder }) =>
      startMember(name, { 'federation.mode': 'external', 'federation.brokerUrl': brokerUrl, 'links.mode': links, ...settings }, folder),
    ),
  );
  for (const member of members) for (const name of names) if (name !== member.name) await untilOnline(member, name);
  return members;
}

/** Starts members that are linked and know of no broker; each has all others on line when this resolves. */
export async function startLinkedMembers<const Names extends readonly string[]>(
  names: Names,
  settings: Record<string, unknown> = {},
  peerTimes?: NodeOptions['peerTimes'],
): Promise<{ [K in keyof Names]: MemberNode }> {
  const members = await Promise.all(names.map((name) => startMember(name, settings, undefined, peerTimes)));
  const [admin, ...guests] = members;
  await admin?.client.call('membership.create', { name: 'North yard' });
  for (const guest of guests) if (admin !== undefined) await letJoin(admin, guest);
  for (const member of members) for (const name of names) if (name !== member.name) await untilVia(member, name, 'link');
  return members as { [K in keyof Names]: MemberNode };
}

/** Resolves when calls of one node to the other leave one way. */
export async function untilVia({ node }: MemberNode, name: string, via: CarrierKind): Promise<void> {
  const viaOf = () => node.federation.directory.online().find((other) => other.name === name)?.via;
  await expect.poll(viaOf, { timeout: 30_000, interval: 20 }).toBe(via);
}

/** Resolves when one node has the other on line. */
export function untilOnline({ node }: MemberNode, name: string): Promise<void> {
  return until(() => node.federation.directory.online().some((other) => other.name === name));
}
