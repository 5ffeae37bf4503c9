/** Whatever is changed in the file while the node is down is found and named. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import type { LedgerFault } from '../../../../../src/common/contract/ledger.ts';
import { SignalboxError } from '../../../../../src/common/errors.ts';
import { ChainDatabase } from '../../../../../src/main/node/ledger/chain-database.ts';
import { checkpointDraft } from '../../../../../src/main/node/ledger/checkpoint-entry.ts';
import { ledgerMigrations } from '../../../../../src/main/node/ledger/migrations.ts';
import { sealTakenBack } from '../../../../../src/main/node/ledger/taken-back.ts';
import type { FullBlock } from '../../../../../src/main/node/ledger/types.ts';
import { Verifier } from '../../../../../src/main/node/ledger/verifier.ts';
import { openDatabase } from '../../../../../src/main/node/store/open-database.ts';
import { loadSqlite } from '../../../../../src/main/node/store/sqlite.ts';
import { toHex } from '../../../../../src/main/node/trust/digest.ts';
import { actDraft, ChainWriter } from '../../../../helpers/ledger-fixture.ts';
import { temporaryFolder } from '../../../../helpers/temporary-folder.ts';

const nowMs = 1_732_150_000_000;

const own = new ChainWriter(1);
const other = new ChainWriter(2);
/** A file with an own chain and a copy of another, closed. */
let written: Buffer;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-'));
  const file = join(folder, 'ledger.db');
  const chains = openChains(file);
  for (let index = 0; index < 5; index++)
    chains.append(
      own.write([
        actDraft({ params: { index }, target: `t${index}` }),
        actDraft({ actor: `ben${index}`, act: `b.${index}`, params: { ben: index } }),
      ]),
    );
  chains.take(other.chainId, other.writeMany(3), 'p', nowMs);
  chains.database.pragma('wal_checkpoint(TRUNCATE)');
  chains.database.close();
  written = await readFile(file);
  await rm(folder, { recursive: true });
});

/** Opens the file as the thread of the ledger does, in this thread. */
function openChains(file: string): ChainDatabase {
  return new ChainDatabase(openDatabase(loadSqlite(undefined), file, ledgerMigrations, { checked: false }).database, own.chainId);
}

/** Changes the file with SQL, as somebody at the machine could, and opens it. */
async function openAfter(sql: string): Promise<ChainDatabase> {
  const file = join(await temporaryFolder(), 'ledger.db');
  await writeFile(file, written);
  const database = new Database(file);
  for (const { name } of database.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all() as { name: string }[])
    database.exec(`DROP TRIGGER ${name}`);
  database.exec(sql);
  database.close();
  const chains = openChains(file);
  onTestFinished(() => void chains.database.close());
  return chains;
}

async function verify(chains: ChainDatabase, chainId: string): Promise<LedgerFault | null> {
  const { fault } = await new Verifier(chains, own.chainId).verify(chainId, { isCancelled: () => false });
  expect(chains.chain(chainId)?.fault).toEqual(fault);
  return fault;
}

/** SQL, and the first fault that verification must name: kind, height, number. */
const cases: readonly (readonly [string, string, Pick<LedgerFault, 'fault' | 'height' | 'number'>])[] = [
  ['a flipped byte of an entry', flipped('entry', 'number = 6'), { fault: 'entryChanged', height: 2, number: 6 }],
  [
    'an entry with another text',
    "UPDATE entry SET bytes = CAST(replace(CAST(bytes AS TEXT), 'anna', 'ANNA') AS BLOB) WHERE number = 3",
    { fault: 'entryChanged', height: 1, number: 3 },
  ],
  ['a flipped leaf', flipped('entry', 'number = 6', 'leaf'), { fault: 'entryChanged', height: 2, number: 6 }],
  ['the column at', 'UPDATE entry SET at = at + 1 WHERE number = 5', { fault: 'entryChanged', height: 2, number: 5 }],
  ['the column kind', "UPDATE entry SET kind = 'note' WHERE number = 5", { fault: 'entryChanged', height: 2, number: 5 }],
  ['the column actor', "UPDATE entry SET actor = 'eve' WHERE number = 5", { fault: 'entryChanged', height: 2, number: 5 }],
  ['the column act', "UPDATE entry SET act = 'x' WHERE number = 5", { fault: 'entryChanged', height: 2, number: 5 }],
  ['the column target', 'UPDATE entry SET target = NULL WHERE number = 5', { fault: 'entryChanged', height: 2, number: 5 }],
  ['the column outcome', "UPDATE entry SET outcome = 'failed' WHERE number = 5", { fault: 'entryChanged', height: 2, number: 5 }],
  ['the column height of an entry', 'UPDATE entry SET height = 4 WHERE number = 5', { fault: 'entryMissing', height: 2, number: 5 }],
  ['the column number of an entry', 'UPDATE entry SET number = 99 WHERE number = 5', { fault: 'entryMissing', height: 2, number: 5 }],
  [
    'the column chain of an entry',
    'UPDATE entry SET chain = 77 WHERE number = 5 AND chain = 1',
    { fault: 'entryMissing', height: 2, number: 5 },
  ],
  ['an entry taken out', 'DELETE FROM entry WHERE number = 6 AND chain = 1', { fault: 'entryMissing', height: 2, number: 6 }],
  [
    'an entry put in',
    'INSERT INTO entry SELECT chain, 11, height, leaf, at, kind, actor, act, target, outcome, bytes FROM entry WHERE number = 10 AND chain = 1',
    { fault: 'entryChanged', height: 4, number: 11 },
  ],
  [
    'two entries in each other’s place',
    'UPDATE entry SET number = -1 WHERE number = 3 AND chain = 1; UPDATE entry SET number = 3 WHERE number = 4 AND chain = 1; UPDATE entry SET number = 4 WHERE number = -1',
    { fault: 'entryChanged', height: 1, number: null },
  ],
  [
    'a flipped byte of a block',
    flipped('block', 'height = 2 AND chain = 1', 'bytes', 60),
    { fault: 'blockChanged', height: 2, number: null },
  ],
  [
    'a flipped byte of a signature',
    flipped('block', 'height = 2 AND chain = 1', 'bytes', 150),
    { fault: 'signature', height: 2, number: null },
  ],
  ['a flipped hash', flipped('block', 'height = 2 AND chain = 1', 'hash'), { fault: 'blockChanged', height: 2, number: null }],
  ['the time of a block', 'UPDATE block SET at = at + 1 WHERE height = 2', { fault: 'blockChanged', height: 2, number: null }],
  ['the first number of a block', 'UPDATE block SET first_number = 1 WHERE height = 2', { fault: 'blockChanged', height: 2, number: null }],
  ['the count of a block', 'UPDATE block SET count = 1 WHERE height = 2 AND chain = 1', { fault: 'blockChanged', height: 2, number: null }],
  ['the size of a block', 'UPDATE block SET size_bytes = 1 WHERE height = 2', { fault: 'blockChanged', height: 2, number: null }],
  [
    'the audit record of a block',
    'UPDATE block SET audit_id = 1 WHERE height = 2 AND chain = 1',
    { fault: 'blockChanged', height: 2, number: null },
  ],
  ['no audit record of a block', 'UPDATE block SET audit_id = NULL WHERE height = 2', { fault: 'blockChanged', height: 2, number: null }],
  ['a flipped seal', flipped('block', 'height = 2 AND chain = 1', 'audit_seal'), { fault: 'blockChanged', height: 2, number: null }],
  ['no seal', 'UPDATE block SET audit_seal = NULL WHERE height = 2', { fault: 'blockChanged', height: 2, number: null }],
  [
    'no marks of a block at all, as if it had been taken back from others',
    'UPDATE block SET audit_id = NULL, audit_seal = NULL WHERE height = 2 AND chain = 1',
    { fault: 'blockChanged', height: 2, number: null },
  ],
  ['a block taken out', 'DELETE FROM block WHERE height = 2 AND chain = 1', { fault: 'gap', height: 2, number: null }],
  ['the first blocks taken out', 'DELETE FROM block WHERE height < 2 AND chain = 1', { fault: 'gap', height: 0, number: null }],
  [
    'two blocks in each other’s place',
    'UPDATE block SET height = -1 WHERE height = 2 AND chain = 1; UPDATE block SET height = 2 WHERE height = 3 AND chain = 1; UPDATE block SET height = 3 WHERE height = -1',
    { fault: 'order', height: 2, number: null },
  ],
  ['a block moved', 'UPDATE block SET height = 99 WHERE height = 4 AND chain = 1', { fault: 'gap', height: 4, number: null }],
  [
    'the last block taken out and its entries left',
    'DELETE FROM block WHERE height = 4 AND chain = 1',
    { fault: 'entryChanged', height: 4, number: 9 },
  ],
  ['a salt', "UPDATE details SET salt = x'00' WHERE number = 3", { fault: 'entryChanged', height: 1, number: 3 }],
  ['what was passed', "UPDATE details SET params = '{}' WHERE number = 3", { fault: 'entryChanged', height: 1, number: 3 }],
  ['what was passed taken out', 'DELETE FROM details WHERE number = 3', { fault: 'entryMissing', height: 1, number: 3 }],
  ['what was passed put in', "INSERT INTO details VALUES (99, x'00', '{}')", { fault: 'entryChanged', height: 4, number: 99 }],
  ['what was passed by another number', 'UPDATE details SET number = 99 WHERE number = 3', { fault: 'entryMissing', height: 1, number: 3 }],
];

function flipped(table: string, where: string, column = 'bytes', at = 20): string {
  const byte = (expression: string) => `substr(${expression}, ${at}, 1)`;
  const other = `CASE ${byte(column)} WHEN x'41' THEN x'42' ELSE x'41' END`;
  return `UPDATE ${table} SET ${column} = CAST(substr(${column}, 1, ${at - 1}) || ${other} || substr(${column}, ${at + 1}) AS BLOB) WHERE ${where}`;
}

test.each(cases)('%s', async (_name, sql, expected) => {
  const fault = await verify(await openAfter(sql), own.chainId);
  expect(fault).toMatchObject(expected);
  expect(fault?.message).toMatch(/^(Block|Entry) \d+/);
});

test('a chain under the name of another is found in both', async () => {
  const chains = await openAfter(
    `UPDATE chain SET chain_id = chain_id || 'x'; UPDATE chain SET chain_id = CASE WHEN id = 1 THEN '${other.chainId}' ELSE '${own.chainId}' END`,
  );
  const [a, b] = [own.chainId, other.chainId];
  expect(await verify(chains, a)).toMatchObject({ fault: 'signature', height: 0, expected: a, found: b });
  expect(await verify(chains, b)).toMatchObject({ fault: 'signature', height: 0, expected: b, found: a });
});

test('what nobody signed cannot make a chain look better than it is', async () => {
  const chains = await openAfter(
    `UPDATE chain SET verified_height = 999, announced_height = 5, fault = 'no JSON'; ${flipped('entry', 'number = 6')}`,
  );
  expect(await verify(chains, own.chainId)).toMatchObject({ fault: 'entryChanged', height: 2, number: 6 });
  expect(chains.chain(own.chainId)).toMatchObject({ verifiedHeight: 1 });
});

test('bits that flip in the file are found, or were in room that nothing uses', async () => {
  const file = join(await temporaryFolder(), 'ledger.db');
  let found = 0;
  for (let round = 0; round < 60; round++) {
    const place = Math.floor(((round + 0.5) * written.length) / 60) + ((round * 131) % 700);
    const damaged = Buffer.from(written);
    damaged[place] = (damaged[place] ?? 0) ^ 0x10;
    await writeFile(file, damaged);
    if (await isDamageFound(file)) found++;
    for (const journal of ['-wal', '-shm']) await rm(file + journal, { force: true });
  }
  expect(found).toBeGreaterThan(10);
});

/** True when the file cannot be opened or a fault is named; otherwise everything must be there as it was signed. */
async function isDamageFound(file: string): Promise<boolean> {
  let chains: ChainDatabase;
  try {
    chains = openChains(file);
  } catch {
    return true;
  }
  try {
    for (const writer of [own, other]) if ((await verify(chains, writer.chainId)) !== null) return true;
    expect(chains.list({ limit: 500 }).entries).toHaveLength(13);
    for (const { chainId, blocks } of [own, other])
      expect(chains.blocks(chainId, 0).blocks.map(({ block }) => block)).toEqual(blocks.map(({ block }) => block));
    return false;
  } catch (error) {
    if (error instanceof SignalboxError || (error as { code?: string }).code?.startsWith('SQLITE_') === true) return true;
    throw error;
  } finally {
    chains.database.close();
  }
}

test.each([
  ['whole', '', null],
  ['that cannot be read', "UPDATE fork SET entries = '[1]'", 'unreadable'],
  ['with another signature', flipped('fork', 'height = 2', 'bytes', 150), 'signature'],
  ['with another entry', "UPDATE fork SET entries = replace(entries, 'mallory', 'MALLORY')", 'entryChanged'],
  ['of another height', 'UPDATE fork SET height = 1', 'blockChanged'],
  ['of which one block is gone', "DELETE FROM fork WHERE entries LIKE '%mallory%'", 'gap'],
])('evidence of a fork %s', async (_name, sql, fault) => {
  const chains = await openAfter('');
  const twin = other.twin();
  twin.blocks.pop();
  chains.take(other.chainId, [twin.write([actDraft({ actor: 'mallory' })])], 'p', nowMs);
  if (sql !== '') chains.database.exec(sql);
  expect((await verify(chains, other.chainId))?.fault ?? null).toBe(fault);
  expect(chains.forks().length).toBeLessThanOrEqual(2);
});

test('a copy that is damaged here is no evidence against the node whose chain it is', async () => {
  const chains = await openAfter(flipped('block', 'height = 1 AND chain = 2', 'hash'));
  expect(chains.take(other.chainId, [other.blocks[1] as FullBlock], 'p', nowMs)).toMatchObject({ added: 0, refused: null });
  expect(chains.forks()).toEqual([]);
});

test('a damaged entry is listed among the others, and blocks in front of a damaged one can be read', async () => {
  const chains = await openAfter("UPDATE entry SET bytes = x'00' WHERE number = 3; UPDATE block SET bytes = x'00' WHERE height = 2");
  const { entries } = chains.list({ chainId: own.chainId, limit: 20 });
  expect(entries.map(({ entry }) => entry.number)).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
  expect(entries.find(({ entry }) => entry.number === 3)).toMatchObject({
    verified: false,
    entry: { code: 'STORAGE_CORRUPT', actor: 'anna' },
  });
  expect(chains.blocks(own.chainId, 0)).toMatchObject({ blocks: [{ block: { height: 0 } }, { block: { height: 1 } }], more: true });
  expect(chains.heldHashes(own.chainId, [2, 0])).toEqual([null, toHex(own.blocks[0]?.block.hash as Uint8Array)]);
});

test('marks and params that are wrong go when the block is replaced, and what the node has signed stays', async () => {
  const chains = await openAfter(
    'UPDATE block SET audit_id = 99 WHERE height = 1 AND chain = 1; DELETE FROM details WHERE number = 5; UPDATE entry SET height = 4 WHERE number = 7 AND chain = 1',
  );
  expect(await verify(chains, own.chainId)).toMatchObject({ height: 1 });
  expect(chains.replace(own.chainId, await sealTakenBack(own.blocks, own.signer))).toBe(5);
  expect(await verify(chains, own.chainId)).toBeNull();
  expect(chains.auditId()).toBe(own.blocks[4]?.auditId);
  expect(chains.rows.blocks(1, 0, 5).map(({ audit_id: auditId }) => auditId)).toEqual([2, null, null, 8, 10]);
});

test('a chain that was sealed long ago, and often since, still begins behind its checkpoint', async () => {
  const author = new ChainWriter(3);
  const chains = await openAfter('');
  const [first] = author.writeMany(1);
  if (first === undefined) throw new Error('no block');
  const seal = { digest: '0'.repeat(64), blocks: 1, entries: 1, archive: 'a.jsonl' };
  const draft = (sealedHeight: number, sealedHash: string) => checkpointDraft({ ...seal, sealedHeight, sealedHash }, author.chainId, nowMs);
  author.write([draft(0, toHex(first.block.hash))]);
  author.write(Array.from({ length: 120 }, (_none, index) => draft(index + 1, '0'.repeat(64))));
  chains.take(author.chainId, author.blocks, 'p', nowMs);
  chains.prune(author.chainId, 0);
  expect(await verify(chains, author.chainId)).toBeNull();
});
