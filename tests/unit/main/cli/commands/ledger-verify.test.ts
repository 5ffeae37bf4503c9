import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { runCli } from '../../../../../src/main/cli/run.ts';
import { ExportWriter } from '../../../../../src/main/node/ledger/export/index.ts';
import type { FullBlock } from '../../../../../src/main/node/ledger/types.ts';
import { ChainWriter } from '../../../../helpers/ledger-fixture.ts';
import { temporaryFolder } from '../../../../helpers/temporary-folder.ts';
import { collected } from './collected.ts';

const writer = new ChainWriter(1);
writer.writeMany(6);

async function exported(blocks: readonly FullBlock[], name: string): Promise<string> {
  const [first, last] = [blocks[0], blocks.at(-1)];
  if (first === undefined || last === undefined) throw new Error('no blocks');
  const lines = new ExportWriter();
  const range = { fromHeight: first.block.height, toHeight: last.block.height };
  const head = { chainId: writer.chainId, name: 'press-07', exportedAt: 1_732_147_300_000, exportedBy: writer.chainId, ...range };
  lines.header(head);
  for (const block of blocks) lines.block(block);
  lines.end(head, writer.signer);
  const file = join(await temporaryFolder(), name);
  await writeFile(file, lines.take());
  return file;
}

async function run(...words: string[]): Promise<{ readonly code: number; readonly text: string }> {
  const { stdout, stderr } = collected();
  const code = await runCli(['ledger', 'verify', ...words], { stdin: Readable.from([]), stdout: stdout.stream, stderr: stderr.stream });
  return { code, text: stdout.text() };
}

test('a whole file is said to be whole, with what it holds', async () => {
  const { code, text } = await run(await exported(writer.blocks, 'chain.jsonl'));
  expect(code).toBe(0);
  expect(text).toContain('is whole: 6 entries in 6 blocks');
  expect(text).toContain(`signed by node ${writer.chainId} (press-07)`);
  expect(text).toContain('Header and end are signed by the same node');
});

test('an archive and the rest are whole together, and not in the wrong order', async () => {
  const older = await exported(writer.blocks.slice(0, 3), 'older.jsonl');
  const rest = await exported(writer.blocks.slice(3), 'rest.jsonl');
  expect((await run(older, rest)).code).toBe(0);
  const { code, text } = await run(rest, older);
  expect(code).toBe(1);
  expect(text).toContain('is not whole: line 2, block 0');
});

test('a changed file is named with its place, for programs too, and one that is not there is a mistake of the command line', async () => {
  const file = await exported(writer.blocks, 'chain.jsonl');
  await writeFile(file, (await readFile(file, 'utf8')).replace('queues.create', 'queues.delete'));
  const { code, text } = await run(file, '--json');
  expect(code).toBe(1);
  expect(JSON.parse(text)).toMatchObject({ file, whole: false, fault: { fault: 'entryChanged', line: 2, height: 0, number: 1 } });
  expect((await run(`${file}.gone`)).code).toBe(2);
  expect((await run(file, '--all')).code).toBe(2);
});

test.each([
  ['show', 'first'],
  ['confirm', '0'],
  ['difference', '-1', 'press-07'],
])('what is no number is said to be none: ledger %s %s', async (...words) => {
  const { stdout, stderr } = collected();
  const code = await runCli(['ledger', ...words], { stdin: Readable.from([]), stdout: stdout.stream, stderr: stderr.stream });
  expect([code, stderr.text()]).toEqual([2, expect.stringMatching(/whole number|unknown option/)]);
});
