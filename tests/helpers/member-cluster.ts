/** Members of one cluster that reach each other over an MQTT broker alone: they have joined over links, which are off since. */
import { expect } from 'vitest';
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

/** Resolves when one node has the other on line. */
export function untilOnline({ node }: MemberNode, name: string): Promise<void> {
  return until(() => node.federation?.directory.online().some((other) => other.name === name) === true);
}
