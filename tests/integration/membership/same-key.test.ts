/** Row 39: a data folder that was copied, or restored from an older copy, over links. */
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { letJoin, type MemberNode, startMember } from '../../helpers/member-node.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

/** Well before members compare what they know: what changes is told at once. */
const waiting = { timeout: 20_000, interval: 50 };

const alarmOf = async ({ client }: MemberNode) =>
  (await client.call('node.status', {})).problems.find(({ id }) => id === 'links.duplicateIdentity')?.severity;
const linkOf = async (node: MemberNode, other: string) => (await node.member(other))?.state;

/** A hub and a member of it that is stopped, and a copy of the member's data folder. */
async function copied(): Promise<{ hub: MemberNode; folder: string; copy: string }> {
  const hub = await startMember('hub-01');
  await hub.client.call('membership.create', { name: 'North yard' });
  const press = await startMember('press-07');
  await letJoin(hub, press);
  await expect.poll(() => linkOf(press, 'hub-01'), waiting).toBe('linked');
  await press.stop();
  const copy = join(await temporaryFolder(), 'copy');
  await cp(press.folder, copy, { recursive: true });
  return { hub, folder: press.folder, copy };
}

test('row 39: of two nodes with one key the later start keeps its links, both say so, and the other is back when it has ended', async () => {
  const { hub, folder, copy } = await copied();
  const press = await startMember('press-07', {}, folder);
  await expect.poll(() => linkOf(press, 'hub-01'), waiting).toBe('linked');
  const twin = await startMember('press-07', {}, copy);
  await expect.poll(() => Promise.all([alarmOf(press), alarmOf(twin)]), waiting).toEqual(['crit', 'warn']);
  expect(await linkOf(twin, 'hub-01')).toBe('linked');
  expect(await linkOf(press, 'hub-01')).toBe('notLinked');
  expect((await press.member('hub-01'))?.failure).toMatchObject({ code: 'SELF' });
  expect(await linkOf(hub, 'press-07')).toBe('linked');

  await twin.stop();
  await press.stop();
  const alone = await startMember('press-07', {}, folder);
  await expect.poll(() => linkOf(alone, 'hub-01'), waiting).toBe('linked');
  expect(await alarmOf(alone)).toBeUndefined();
});

test('row 39: a node restored from an older copy goes on above the start that a member knows', async () => {
  const { folder, copy } = await copied();
  for (let start = 0; start < 2; start++) await (await startMember('press-07', {}, folder)).stop();
  const press = await startMember('press-07', {}, folder);
  await expect.poll(() => linkOf(press, 'hub-01'), waiting).toBe('linked');
  const restored = await startMember('press-07', {}, copy);
  await expect.poll(() => Promise.all([alarmOf(press), alarmOf(restored)]), waiting).toEqual(['crit', 'warn']);
  expect(await linkOf(restored, 'hub-01')).toBe('linked');
});
