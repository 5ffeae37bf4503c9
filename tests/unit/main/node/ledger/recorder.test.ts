/** From the audit table into the chain. */

import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { SignalboxError } from '../../../../../src/common/errors.ts';
import { sealTakenBack } from '../../../../../src/main/node/ledger/taken-back.ts';
import { WorkerChainStore } from '../../../../../src/main/node/ledger/worker-chain-store.ts';
import type { AuditRecord } from '../../../../../src/main/node/router/types.ts';
import { ChainWriter } from '../../../../helpers/ledger-fixture.ts';
import { entriesOf, openRecorder, recorderId, recorderSigner } from '../../../../helpers/recorder-fixture.ts';
import { recordingLogger } from '../../../../helpers/router-fixture.ts';
import { temporaryFolder } from '../../../../helpers/temporary-folder.ts';
import { eventually, until } from '../../../../helpers/until.ts';

const record = (values: Partial<AuditRecord> = {}): AuditRecord => ({
  principal: { user: 'ada@n1', roles: ['admin'], via: 'cli' },
  act: 'queues.create',
  target: null,
  params: { name: 'jobs' },
  outcome: 'done',
  code: null,
  detail: null,
  durationMs: 1,
  ...values,
});

async function open(folder?: string, options: Parameters<typeof openRecorder>[1] = {}) {
  const opened = await openRecorder(folder ?? (await temporaryFolder()), options);
  onTestFinished(opened.stop);
  return opened;
}

/** Waits until the chain has so many entries. */
async function entries(store: Parameters<typeof entriesOf>[0], count: number) {
  await eventually(async () => (await entriesOf(store)).length >= count);
  return (await entriesOf(store)).map(({ entry }) => entry);
}

test('the first entry says which node began the chain', async () => {
  const { store } = await open();
  const [genesis] = await entries(store, 1);
  expect(genesis).toMatchObject({ number: 1, kind: 'genesis', actor: recorderId, act: 'ledger.genesis' });
  expect(JSON.parse(genesis?.text ?? '')).toEqual({ name: 'press-07', nodeId: recorderId, software: '1.2.3' });
});

test('acts, failures and refusals become entries that name their object and not what was passed', async () => {
  const { audit, store } = await open();
  await audit.record(record());
  await audit.record(record({ act: 'config.set', params: { values: { 'node.name': 'x', 'logs.level': 'info' } } }));
  await audit.record(
    record({ act: 'users.remove', params: { username: 'ben' }, outcome: 'failed', code: 'NOT_FOUND', detail: 'There is no ben.' }),
  );
  await audit.record(
    record({ act: 'queues.purge', params: null, outcome: 'refused', code: 'FORBIDDEN', detail: 'No role.', target: 'n1other' }),
  );
  const [, created, set, failed, refused] = await entries(store, 5);
  expect(created).toMatchObject({
    kind: 'act',
    act: 'queues.create',
    target: 'jobs',
    outcome: 'done',
    actor: 'ada@n1',
    roles: ['admin'],
    via: 'cli',
  });
  expect(set).toMatchObject({ target: 'logs.level, node.name' });
  expect(failed).toMatchObject({ kind: 'act', outcome: 'failed', code: 'NOT_FOUND', text: 'There is no ben.', target: 'ben' });
  expect(refused).toMatchObject({ kind: 'refusal', outcome: 'refused', code: 'FORBIDDEN', target: 'n1other', details: null });
  expect(await store.details(2)).toMatchObject({ params: '{"name":"jobs"}' });
});

test('what happens in one turn shares a block; each record is in it once', async () => {
  const { audit, store } = await open();
  await entries(store, 1);
  await Promise.all(Array.from({ length: 600 }, (_none, index) => audit.record(record({ act: `act.${index}` }))));
  const all = await entries(store, 601);
  expect(all.slice(1).map(({ act }) => act)).toEqual(Array.from({ length: 600 }, (_none, index) => `act.${index}`));
  expect((await store.chain(recorderId))?.height).toBeLessThan(30);
  expect(await store.verify(recorderId)).toMatchObject({ fault: null });
});

test('an entry of the node itself has its number when it is on the disk; a note is not written twice', async () => {
  const { audit, recorder, store } = await open();
  const number = await recorder.add({ ...note('Fan replaced.'), target: 'press-07' });
  expect((await store.blockOf(recorderId, number))?.block.firstNumber).toBeLessThanOrEqual(number);
  await audit.record(record({ act: 'ledger.note', params: { text: 'Fan replaced.' } }));
  await audit.record(record({ act: 'after' }));
  expect((await entries(store, 3)).map(({ kind, text, act }) => [kind, act, kind === 'note' ? text : null])).toEqual([
    ['genesis', 'ledger.genesis', null],
    ['note', 'ledger.note', 'Fan replaced.'],
    ['act', 'after', null],
  ]);
});

function note(text: string) {
  return {
    at: Date.now(),
    kind: 'note' as const,
    actor: 'ada',
    roles: [],
    via: 'cli',
    act: 'ledger.note',
    target: null,
    outcome: 'done' as const,
    code: null,
    text,
  };
}

test('a clock that is set back gives no block a time before the one before it', async () => {
  let nowMs = 5_000_000;
  const { recorder, store } = await open(undefined, { nowMs: () => nowMs });
  await recorder.add(note('before'));
  nowMs = 1_000_000;
  await recorder.add(note('after'));
  const { blocks } = await store.blocks(recorderId, 0);
  const times = blocks.map(({ block }) => block.at);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(times.at(-1)).toBe(5_000_000);
});

test('while the ledger refuses, acts wait and the problem is raised; then each is written once', async () => {
  let refuse = true;
  const folder = await temporaryFolder();
  const opened = await open(folder);
  await entries(opened.store, 1);
  const append = opened.store.append.bind(opened.store);
  opened.store.append = (block) => (refuse ? Promise.reject(new SignalboxError('STORAGE_FULL', 'The disk is full.')) : append(block));
  await opened.audit.record(record({ act: 'first' }));
  await opened.audit.record(record({ act: 'second' }));
  await until(() => opened.problems.list().some(({ id }) => id === 'ledger.waiting'));
  expect(opened.recorder.waiting).toBeGreaterThan(0);
  refuse = false;
  expect((await entries(opened.store, 3)).map(({ act }) => act)).toEqual(['ledger.genesis', 'first', 'second']);
  await until(() => opened.problems.list().length === 0);
});

test('a block whose answer was lost is not written again', async () => {
  let lose = true;
  const opened = await open();
  await entries(opened.store, 1);
  const append = opened.store.append.bind(opened.store);
  opened.store.append = async (block) => {
    await append(block);
    if (!lose) return;
    lose = false;
    throw new SignalboxError('STORAGE_FULL', 'The thread ended.', { executed: 'maybe' });
  };
  const number = await opened.recorder.add(note('once'));
  await opened.audit.record(record({ act: 'after' }));
  const all = await entries(opened.store, 3);
  expect(number).toBe(2);
  expect(all.map(({ act }) => act)).toEqual(['ledger.genesis', 'ledger.note', 'after']);
});

test('an older ledger.db is noticed, and no height is ever written twice', async () => {
  const folder = await temporaryFolder();
  const first = await openRecorder(folder);
  await first.recorder.add(note('in the copy'));
  await first.stop();
  await copyFile(join(folder, 'ledger.db'), join(folder, 'older.db'));
  const second = await openRecorder(folder);
  for (const text of ['lost one', 'lost two']) await second.recorder.add(note(text));
  await second.audit.record(record({ act: 'recorded once' }));
  await eventually(async () => (await entriesOf(second.store)).length === 5);
  const all = (await second.store.blocks(recorderId, 0)).blocks;
  await second.stop();
  await rm(join(folder, 'ledger.db'));
  await copyFile(join(folder, 'older.db'), join(folder, 'ledger.db'));

  const third = await open(folder);
  const number = await third.recorder.add(note('goes on'));
  expect(number).toBe(6);
  expect(third.problems.list()).toMatchObject([{ id: 'ledger.rolledBack', severity: 'crit' }]);
  expect(await third.store.chain(recorderId)).toMatchObject({ height: all.length, fault: { fault: 'rolledBack', height: 2 } });
  expect(await third.store.verify(recorderId)).toMatchObject({ fault: { fault: 'gap', height: 2 } });
  expect(await third.store.replace(recorderId, await sealTakenBack(all.slice(2), recorderSigner))).toBe(all.length - 2);
  expect(await third.store.verify(recorderId)).toMatchObject({ fault: null });
  expect((await entriesOf(third.store)).filter(({ entry }) => entry.act === 'recorded once')).toHaveLength(1);
});

test('while peers hold more of the own chain, nothing is written; it goes on once the blocks were taken back', async () => {
  const folder = await temporaryFolder();
  const first = await openRecorder(folder);
  await first.recorder.add(note('in the backup'));
  await first.stop();
  const backup = await temporaryFolder();
  for (const name of ['node.db', 'ledger.db']) await copyFile(join(folder, name), join(backup, name));
  const second = await openRecorder(folder);
  for (const text of ['after it', 'and more']) await second.recorder.add(note(text));
  const { blocks } = await second.store.blocks(recorderId, 0);
  await second.stop();

  const restored = await open(backup);
  await entries(restored.store, 2);
  restored.recorder.peersHold(new ChainWriter(2).write().block);
  restored.recorder.peersHold((blocks.at(-1) as (typeof blocks)[number]).block);
  await restored.audit.record(record({ act: 'waits' }));
  await until(() => restored.problems.list().some(({ id }) => id === 'ledger.behindPeers'));
  expect((await restored.store.chain(recorderId))?.entries).toBe(2);
  await restored.store.take(recorderId, await sealTakenBack(blocks, recorderSigner), 'peer', Date.now());
  restored.recorder.ownChainChanged();
  expect((await entries(restored.store, 5)).map(({ act, text }) => text ?? act).slice(1)).toEqual([
    'in the backup',
    'after it',
    'and more',
    'waits',
  ]);
  expect(restored.problems.list()).toEqual([]);
  expect(await restored.store.verify(recorderId)).toMatchObject({ fault: null });
});

test('a note for the chain of another node is an act here, one for the own chain by its name stands there already', async () => {
  const { audit, store } = await open();
  await audit.record(record({ act: 'ledger.note', params: { chain: 'kiln-02', text: 'Look at the fan.' } }));
  await audit.record(record({ act: 'ledger.note', params: { chain: 'press-07', text: 'Replaced.' } }));
  await audit.record(record({ act: 'ledger.note', params: { chain: recorderId, text: 'Replaced.' } }));
  await audit.record(record({ act: 'after' }));
  expect((await entries(store, 3)).map(({ act, target }) => [act, target])).toEqual([
    ['ledger.genesis', null],
    ['ledger.note', 'kiln-02'],
    ['after', 'jobs'],
  ]);
});

test('records whose blocks were taken back from peers are not written again', async () => {
  const folder = await temporaryFolder();
  const first = await openRecorder(folder);
  for (const act of ['one', 'two']) await first.audit.record(record({ act }));
  await entries(first.store, 3);
  const { blocks } = await first.store.blocks(recorderId, 0);
  await first.stop();
  await rm(join(folder, 'ledger.db'));
  const alone = new WorkerChainStore({
    file: join(folder, 'ledger.db'),
    self: recorderId,
    resourcesPath: undefined,
    logger: recordingLogger(),
  });
  await alone.start();
  await alone.take(recorderId, await sealTakenBack(blocks, recorderSigner), 'peer', Date.now());
  await alone.stop();

  const second = await open(folder);
  await second.audit.record(record({ act: 'three' }));
  expect((await entries(second.store, 4)).map(({ act }) => act)).toEqual(['ledger.genesis', 'one', 'two', 'three']);
});

test('a chain whose key was used for another past goes on in its own, and waits for nothing that can never be taken back', async () => {
  const { recorder, store } = await open();
  await recorder.add(note('here'));
  const twin = new ChainWriter(1);
  twin.blocks.push(...(await store.blocks(recorderId, 0)).blocks.slice(0, 1).map((block) => ({ ...block, ...unmarked })));
  const [other, , newest] = twin.writeMany(3);
  if (other === undefined || newest === undefined) throw new Error('no blocks');
  expect(await store.take(recorderId, [other], 'peer', Date.now())).toMatchObject({ refused: { reason: 'fork' } });
  recorder.peersHold(newest.block);
  expect(await recorder.add(note('still here'))).toBe(3);
});

const unmarked = { details: [], auditId: 0, auditSeal: new Uint8Array(64) };

test('a node made from a backup waits for somebody who knows at least as much as the backup', async () => {
  const folder = await temporaryFolder();
  const first = await openRecorder(folder);
  for (const text of ['one', 'two']) await first.recorder.add(note(text));
  const height = (await first.store.chain(recorderId))?.height ?? -1;
  await eventually(async () => (await first.mark.read())?.height === height);
  await first.node.run('UPDATE ledger_mark SET restored = 1');
  await first.stop();
  await rm(join(folder, 'ledger.db'));

  const restored = await open(folder);
  await until(() => restored.problems.list().some(({ id }) => id === 'ledger.restored'));
  restored.recorder.peersAnswered(-1);
  restored.recorder.peersAnswered(height - 1);
  expect(restored.problems.list().map(({ id }) => id)).toContain('ledger.restored');
  restored.recorder.peersAnswered(height);
  expect(await restored.recorder.add(note('goes on'))).toBe(4);
});

test('damaged bytes of the newest block keep nobody from going on', async () => {
  const folder = await temporaryFolder();
  const first = await openRecorder(folder);
  await first.recorder.add(note('one'));
  await first.stop();
  const database = new Database(join(folder, 'ledger.db'));
  database.exec('DROP TRIGGER block_keeps_values');
  database.exec("UPDATE block SET bytes = x'00' WHERE height = 1");
  database.close();
  const second = await open(folder);
  expect(await second.recorder.add(note('two'))).toBe(3);
  expect(await second.store.verify(recorderId)).toMatchObject({ fault: { height: 1, fault: 'blockChanged' } });
});
