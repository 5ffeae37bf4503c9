/** The ledger as a part of the node: it opens by itself, and nothing about it keeps a node from starting. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createNode } from '../../../src/main/node/node.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { eventually, until } from '../../helpers/until.ts';

const admin = { user: 'ada', roles: ['admin' as const], via: 'cli' as const };

async function openNode(folder: string) {
  const node = await createNode({
    dataFolder: folder,
    mode: 'headless',
    overrides: { 'http.port': 0 },
    onRestart: () => undefined,
    environment: {},
  });
  onTestFinished(() => node.stop());
  await node.start();
  return node;
}

type Node = Awaited<ReturnType<typeof openNode>>;

async function acts(node: Node): Promise<string[]> {
  const answer = await node.router.call('ledger.list', { limit: 500 }, { principal: admin });
  return answer.entries.map(({ act }) => act).toReversed();
}

function note(node: Node, text: string): Promise<{ number: number | null }> {
  return node.router.call('ledger.note', { text }, { principal: admin });
}

/** Notes are written once the ledger is open. */
async function writtenNode(folder: string): Promise<Node> {
  const node = await openNode(folder);
  await note(node, 'first');
  await note(node, 'second');
  return node;
}

test('a node starts with a ledger.db that is no database: it is kept beside, and the chain goes on where it was', async () => {
  const folder = await temporaryFolder();
  const before = await writtenNode(folder);
  await eventually(async () => (await acts(before)).length >= 3);
  const { chain } = await before.router.call('ledger.status', {}, { principal: admin });
  await before.stop();
  const file = join(folder, 'ledger.db');
  const bytes = await readFile(file);
  await writeFile(file, Buffer.concat([Buffer.alloc(100, 0x41), bytes.subarray(100)]));

  const node = await openNode(folder);
  const { number } = await note(node, 'after the damage');
  expect(number).toBeGreaterThan(3);
  const damaged = (await readdir(folder)).find((name) => name.startsWith('ledger.db.damaged-'));
  expect((await readFile(join(folder, damaged as string))).subarray(0, 3).toString()).toBe('AAA');
  const problems = node.problems.list().map(({ id }) => id);
  expect(problems).toEqual(expect.arrayContaining(['ledger.damaged', 'ledger.rolledBack']));
  const firstHeight = async () => (await node.router.call('ledger.status', {}, { principal: admin })).chain.firstHeight;
  await eventually(async () => (await firstHeight()) > chain.height);
});

test('a node starts without its ledger, and writes down what was done meanwhile when it can', async () => {
  const folder = await temporaryFolder();
  // A folder in its place: the file cannot be opened.
  await mkdir(join(folder, 'ledger.db'));
  const node = await openNode(folder);
  await node.router.call('config.set', { values: { 'logs.level': 'warn' } }, { principal: admin });
  await until(() => node.problems.list().some(({ id }) => id === 'ledger.notOpen'));
  await rm(join(folder, 'ledger.db'), { recursive: true });
  await until(() => !node.problems.list().some(({ id }) => id === 'ledger.notOpen'));
  await eventually(async () => (await acts(node)).includes('config.set'));
  expect(await acts(node)).toContain('ledger.genesis');
});
