import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { signConfirmation } from '../../../../../../src/main/node/ledger/sync/confirmation.ts';
import { differenceOf, heldHash } from '../../../../../../src/main/node/ledger/sync/index.ts';
import { MemoryNetwork } from '../../../../../helpers/chain-network.ts';
import { type ChainNode, startChainNode } from '../../../../../helpers/chain-node.ts';
import { changeLedger } from '../../../../../helpers/ledger-damage.ts';
import { ChainWriter } from '../../../../../helpers/ledger-fixture.ts';
import { until } from '../../../../../helpers/until.ts';

/** B holds the chain of A, which has this many blocks. */
async function startTwo(blocks: number) {
  const network = new MemoryNetwork();
  const a = await startChainNode(network, new ChainWriter(1));
  const b = await startChainNode(network, new ChainWriter(2));
  for (let index = 0; index < blocks; index++) await a.act({ target: `queue-${index}` });
  await until(() => b.sync.held.heightOf(a.writer.chainId) === blocks - 1);
  return { network, a, b };
}

const place = async (node: ChainNode, chainId: string, height: number) => {
  const [block] = (await node.store.blocks(chainId, height, { blocks: 1 })).blocks;
  if (block === undefined) throw new Error('no block');
  return { height, hash: heldHash(block) };
};

test('a node that holds the same confirms it with its signature', async () => {
  const { a, b } = await startTwo(3);
  const chainId = a.writer.chainId;
  expect(await a.sync.questions.confirm(b.writer.chainId, chainId, await place(a, chainId, 1))).toMatchObject({
    verdict: 'same',
    height: 2,
    signature: expect.stringMatching(/^[A-Za-z0-9_-]{86}$/),
  });
  expect(await a.sync.questions.confirm(b.writer.chainId, chainId, { height: 9, hash: 'ab'.repeat(32) })).toMatchObject({
    verdict: 'unknown',
  });
  expect(await a.sync.questions.confirm(b.writer.chainId, chainId, { height: 1, hash: 'ab'.repeat(32) })).toMatchObject({
    verdict: 'differs',
  });
});

test('an answer whose signature is not that of the node is not believed and counts against it', async () => {
  const { network, a, b } = await startTwo(1);
  network.tamper = (text) => text.replace('"verdict":"same"', '"verdict":"pruned"');
  const answer = await a.sync.questions.confirm(b.writer.chainId, a.writer.chainId, await place(a, a.writer.chainId, 0));
  expect(answer).toMatchObject({ verdict: 'noAnswer', signature: null });
  expect(a.peer.conducts).toContainEqual(expect.objectContaining({ nodeId: b.writer.chainId, kind: 'invalid' }));
});

test('a copy of the same is found the same, a shorter one as far as it goes', async () => {
  const { network, a, b } = await startTwo(4);
  const chainId = a.writer.chainId;
  expect(await a.sync.questions.compare(b.writer.chainId, chainId)).toMatchObject({ verdict: 'same', differsAt: null });
  network.cut(a.writer.chainId, b.writer.chainId);
  await a.act();
  await until(() => a.sync.held.heightOf(chainId) === 4);
  network.heal(a.writer.chainId, b.writer.chainId);
  network.tamper = (text, _from, to) => (to === b.writer.chainId && text.includes('"BlockResponse"') ? '{"type":"Nothing"}' : text);
  expect(await a.sync.questions.compare(b.writer.chainId, chainId)).toMatchObject({ verdict: 'unknown', height: 3, differsAt: null });
});

test('an entry that was changed in the file of another node is found, shown by field, and repaired there', async () => {
  const { a, b } = await startTwo(40);
  const chainId = a.writer.chainId;
  changeLedger(b.file, chainId, 17, '"target":"queue-17"', '"target":"queue-71"');
  expect(await a.sync.questions.compare(b.writer.chainId, chainId)).toMatchObject({ verdict: 'differs', differsAt: 17 });
  const [ours] = (await a.store.blocks(chainId, 17, { blocks: 1 })).blocks;
  const [theirs] = (await a.sync.questions.blocks(b.writer.chainId, chainId, 17, 1)).blocks;
  const difference = differenceOf(ours ?? null, theirs ?? null);
  expect(difference.valid).toEqual({ ours: true, theirs: false });
  expect(difference.fields).toContainEqual({ path: 'entries[0].target', ours: 'queue-17', theirs: 'queue-71' });
  const repaired = await b.sync.repair.run(chainId, new AbortController().signal);
  expect(repaired).toEqual({ replacedBlocks: 1, from: [a.writer.chainId], fault: null });
  expect(await a.sync.questions.compare(b.writer.chainId, chainId)).toMatchObject({ verdict: 'same', differsAt: null });
});

test('a repair that nobody can help with says what is still wrong', async () => {
  const { network, a, b } = await startTwo(3);
  changeLedger(b.file, a.writer.chainId, 1, '"target":"queue-1"', '"target":"queue-7"');
  network.cut(a.writer.chainId, b.writer.chainId);
  const { replacedBlocks, fault } = await b.sync.repair.run(a.writer.chainId, new AbortController().signal);
  expect({ replacedBlocks, height: fault?.height }).toEqual({ replacedBlocks: 0, height: 1 });
});

test('heads of other chains are witnessed when they have changed', async () => {
  const { a, b } = await startTwo(2);
  expect(await b.sync.witness.write()).toBe(1);
  expect(await b.sync.witness.write()).toBe(0);
  await a.act();
  await until(() => b.sync.held.heightOf(a.writer.chainId) === 2);
  expect(await b.sync.witness.write()).toBe(1);
  const { entries } = await b.store.list({ chainId: b.writer.chainId, limit: 1 });
  expect(JSON.parse(entries[0]?.entry.text ?? '')).toEqual({ heads: [[a.writer.chainId, 2, (await place(b, a.writer.chainId, 2)).hash]] });
});

test('a note offered to another node gets into its chain with the name of who offered it', async () => {
  const { a, b } = await startTwo(1);
  await a.sync.offers.offer(b.writer.chainId, { actor: 'ada', text: 'Look at the fan.', target: 'press-07' });
  await until(() => b.sync.held.heightOf(b.writer.chainId) === 0);
  const { entries } = await b.store.list({ chainId: b.writer.chainId, limit: 1 });
  expect(entries[0]?.entry).toMatchObject({ kind: 'note', actor: `ada@${a.writer.chainId.slice(0, 8)}`, text: 'Look at the fan.' });
});

test('an own chain whose beginning is gone is filled from others, block by block up to what is left', async () => {
  const { a, b } = await startTwo(30);
  const { chainId } = a.writer;
  await a.store.stop();
  const database = new Database(a.file);
  database.exec('DELETE FROM block WHERE height < 20; DELETE FROM entry WHERE height < 20; DELETE FROM details WHERE number <= 20');
  database.close();
  await a.store.start();
  await a.sync.held.refresh(chainId);
  expect((await a.store.verify(chainId)).fault).toMatchObject({ fault: 'gap', height: 0 });
  const repaired = await a.sync.repair.run(chainId, new AbortController().signal);
  expect(repaired).toEqual({ replacedBlocks: 20, from: [b.writer.chainId], fault: null });
  expect(await a.store.chain(chainId)).toMatchObject({ firstHeight: 0, height: 29, fault: null });
});

test('a repair ends where whole blocks do not help', async () => {
  const { a, b } = await startTwo(3);
  const { chainId } = a.writer;
  await b.store.stop();
  const database = new Database(b.file);
  database.exec('INSERT INTO entry SELECT chain, 99, 99, leaf, at, kind, actor, act, target, outcome, bytes FROM entry WHERE number = 3');
  database.close();
  await b.store.start();
  await b.sync.held.refresh(chainId);
  const again = b.store.verify.bind(b.store);
  let looks = 0;
  b.store.verify = async (...asked) => {
    looks++;
    const result = await again(...asked);
    return result.fault === null ? result : { ...result, fault: { ...result.fault, height: 1 } };
  };
  const { fault } = await b.sync.repair.run(chainId, new AbortController().signal);
  expect(fault).toMatchObject({ height: 1 });
  expect(looks).toBeLessThan(6);
});

test('an answer that contradicts itself is not believed', async () => {
  const { a, b } = await startTwo(2);
  const { chainId } = a.writer;
  const said = { height: 1, verdict: 'same' as const, hash: 'ab'.repeat(32) };
  const signed = signConfirmation({ chainId, at: Date.now(), height: 1, answers: [said] }, b.writer.signer);
  a.peer.request = () =>
    Promise.resolve({
      type: 'ValidationResponse',
      request_id: '1',
      chain_id: chainId,
      answers: [said],
      height: 1,
      at: signed.at,
      signature: signed.signature,
    });
  expect(await a.sync.questions.confirm(b.writer.chainId, chainId, await place(a, chainId, 1))).toMatchObject({ verdict: 'noAnswer' });
});
