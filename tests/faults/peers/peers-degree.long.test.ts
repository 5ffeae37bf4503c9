/** A cluster above the size in which everybody is linked with everybody: real nodes, their doors and links. */
import { expect, test } from 'vitest';
import { linkDegree } from '../../../src/main/node/membership/limits.ts';
import { freePort } from '../../helpers/free-port.ts';
import { letJoin, type MemberNode, startMember } from '../../helpers/member-node.ts';

const size = linkDegree.fullMembers + 6;
const waiting = { timeout: 60_000, interval: 250 };

const linksOf = ({ node }: MemberNode) => node.federation.neighbourhood.links.neighbours().length;
const reachedBy = ({ node }: MemberNode) => node.federation.directory.all().filter(({ via }) => via !== null).length;

test(`${size} members keep few links each, reach each other all the same, and go on when some are switched off`, async () => {
  const ports = await Promise.all(Array.from({ length: size }, freePort));
  const settingsOf = (number: number) => ({ 'links.port': ports[number] ?? 0 });
  const [admin, ...guests] = (await Promise.all(ports.map((_, number) => startMember(`node-${number}`, settingsOf(number))))) as [
    MemberNode,
    ...MemberNode[],
  ];
  await admin.client.call('membership.create', { name: 'North yard' });
  for (const guest of guests) await letJoin(admin, guest);
  const all = [admin, ...guests];
  await expect.poll(() => all.map(reachedBy), waiting).toEqual(all.map(() => size - 1));
  for (const member of all) expect(linksOf(member)).toBeLessThanOrEqual(linkDegree.most);

  // Started anew none has the links of when the cluster was small.
  await Promise.all(all.map((member) => member.stop()));
  const again = await Promise.all(all.map(({ name, folder }, number) => startMember(name, settingsOf(number), folder)));
  await expect.poll(() => again.map(reachedBy), waiting).toEqual(again.map(() => size - 1));
  await expect.poll(() => Math.min(...again.map(linksOf)), waiting).toBeGreaterThanOrEqual(linkDegree.least);
  expect(Math.max(...again.map(linksOf))).toBeLessThanOrEqual(linkDegree.most);
  expect(Math.min(...again.map(linksOf))).toBeLessThan(size - 1);
  const [first, second] = again as [MemberNode, MemberNode];
  const far = second.node.federation.directory.online().find(({ via }) => via === 'relay');
  expect(await second.client.call('node.status', {}, { target: { node: far?.nodeId ?? '' } })).toMatchObject({ name: far?.name });

  const off = again.slice(-5);
  await Promise.all(off.map((member) => member.stop()));
  const rest = again.slice(0, -5);
  await expect.poll(() => rest.map(reachedBy), waiting).toEqual(rest.map(() => rest.length - 1));
  await expect.poll(() => linksOf(first), waiting).toBeGreaterThanOrEqual(linkDegree.least);
});
