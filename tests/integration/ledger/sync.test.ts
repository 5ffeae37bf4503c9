/** Chains of three real members: what one does stands at all of them, and a changed copy is found, shown and repaired. */
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { LedgerChain } from '../../../src/common/contract/ledger.ts';
import { verifyFile } from '../../../src/main/node/ledger/export/index.ts';
import { changeLedger } from '../../helpers/ledger-damage.ts';
import { startLinkedMembers } from '../../helpers/member-cluster.ts';
import { letJoin, type MemberNode, startMember } from '../../helpers/member-node.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

const chainsOf = async ({ client }: MemberNode) => (await client.call('ledger.chains', {})).chains;

async function chainAt(node: MemberNode, of: MemberNode): Promise<LedgerChain | undefined> {
  return (await chainsOf(node)).find(({ chainId }) => chainId === of.node.nodeId);
}

/** Resolves when every node holds the same of every chain, and as many chains as there are nodes. */
async function untilAlike(nodes: readonly MemberNode[]): Promise<void> {
  const heads = async () => {
    const told = await Promise.all(nodes.map(chainsOf));
    return told.map((chains) => chains.map(({ chainId, headHash }) => `${chainId} ${headHash}`).toSorted());
  };
  const isAlike = async () => {
    const all = await heads();
    return all.every((one) => one.length === nodes.length && JSON.stringify(one) === JSON.stringify(all[0]));
  };
  await expect.poll(isAlike, { timeout: 30_000, interval: 50 }).toBe(true);
}

async function exported({ client }: MemberNode, params: Record<string, unknown>): Promise<string> {
  let text = '';
  let after: string | undefined;
  do {
    const page = await client.call('ledger.export', { ...params, ...(after !== undefined && { after }) });
    text += page.text;
    after = page.next ?? undefined;
  } while (after !== undefined);
  const file = join(await temporaryFolder(), 'chain.jsonl');
  await writeFile(file, text);
  return file;
}

test('what one member does is held, confirmed and exported by the others; a changed copy is found and repaired', async () => {
  const [a, b, c] = await startLinkedMembers(['kiln', 'press', 'saw']);
  await a.client.call('config.set', { values: { 'logs.level': 'warn' } });
  const { number } = await a.client.call('ledger.note', { text: 'Replaced the fan.', target: 'press' });
  await untilAlike([a, b, c]);
  const { entries } = await b.client.call('ledger.list', { chain: a.node.nodeId, act: 'ledger.note', limit: 10 });
  expect(entries).toContainEqual(expect.objectContaining({ number, kind: 'note', text: 'Replaced the fan.', target: 'press' }));

  const { confirmations } = await a.client.call('ledger.confirm', { number: number ?? 1 });
  expect(
    confirmations.map(({ verdict, nodeId }) => ({ verdict, nodeId })).toSorted((one, other) => (one.nodeId < other.nodeId ? -1 : 1)),
  ).toEqual(
    [b, c].map(({ node }) => ({ verdict: 'same', nodeId: node.nodeId })).toSorted((one, other) => (one.nodeId < other.nodeId ? -1 : 1)),
  );
  const report = (await verifyFile(await exported(b, { chain: 'kiln', withConfirmations: true }))).report;
  expect(report).toMatchObject({ whole: true, chainId: a.node.nodeId, name: 'kiln' });
  expect(report.confirmations).toHaveLength(2);
  expect((await verifyFile(await exported(a, { withDetails: true }))).report).toMatchObject({ whole: true, fault: null });

  const shown = await a.client.call('ledger.get', { number: number ?? 1 });
  changeLedger(join(b.folder, 'ledger.db'), a.node.nodeId, shown.block.height, 'Replaced', 'Removed');
  expect((await b.client.call('ledger.get', { chain: 'kiln', number: number ?? 1 })).entry.signature).toBe('invalid');
  const { nodes } = await a.client.call('ledger.compare', { nodes: ['press', 'saw'] });
  expect(nodes.map(({ name, verdict, differsAt }) => ({ name, verdict, differsAt }))).toEqual([
    { name: 'press', verdict: 'differs', differsAt: shown.block.height },
    { name: 'saw', verdict: 'same', differsAt: null },
  ]);
  const difference = await a.client.call('ledger.difference', { height: shown.block.height, node: 'press' });
  expect(difference.fields).toContainEqual({ path: 'entries[0].text', ours: 'Replaced the fan.', theirs: 'Removed the fan.' });
  expect(difference.valid).toEqual({ ours: true, theirs: false });
  expect((await b.client.call('ledger.verify', { chain: 'kiln' })).fault).toMatchObject({
    fault: 'entryChanged',
    height: shown.block.height,
    number,
  });
  expect((await chainAt(b, a))?.state).toBe('damaged');
  const repaired = await b.client.call('ledger.repair', { chain: 'kiln' });
  expect(repaired).toMatchObject({ replacedBlocks: 1, chain: { state: 'whole' } });
});

test('a member that comes later gets the chain of an author that is gone from those that hold it', async () => {
  const [admin, author] = await startLinkedMembers(['kiln', 'press']);
  for (const text of ['one', 'two', 'three']) await author.client.call('ledger.note', { text });
  await untilAlike([admin, author]);
  const { headHash } = (await author.client.call('ledger.status', {})).chain;
  await author.stop();
  const late = await startMember('saw');
  await letJoin(admin, late);
  await expect.poll(async () => (await chainAt(late, author))?.headHash, { timeout: 20_000, interval: 50 }).toBe(headHash);
  expect(await late.client.call('ledger.verify', { chain: author.node.nodeId })).toMatchObject({
    fault: null,
    chain: { firstHeight: 0, state: 'whole' },
  });
});

test('a member that was stopped catches up, and one whose folder is an older copy takes its own blocks back', async () => {
  const [hub, press] = await startLinkedMembers(['kiln', 'press']);
  await press.client.call('ledger.note', { text: 'one' });
  await untilAlike([hub, press]);
  await press.stop();
  const copy = join(await temporaryFolder(), 'copy');
  await cp(press.folder, copy, { recursive: true });
  await hub.client.call('ledger.note', { text: 'while it was away' });
  const again = await startMember('press', {}, press.folder);
  await again.client.call('ledger.note', { text: 'two' });
  await untilAlike([hub, again]);
  await again.stop();

  const restored = await startMember('press', {}, copy);
  await untilAlike([hub, restored]);
  const { entries } = await restored.client.call('ledger.list', { chain: restored.node.nodeId, act: 'ledger.note', limit: 10 });
  expect(entries.map(({ text }) => text)).toEqual(['two', 'one']);
  await restored.client.call('ledger.note', { text: 'three' });
  await untilAlike([hub, restored]);
  expect(await restored.client.call('ledger.verify', {})).toMatchObject({ fault: null });
  expect((await hub.client.call('ledger.chains', {})).forks).toEqual([]);
});
