import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../../../../../src/main/node/audit/canonical-json.ts';
import { fromBase64url, type Signer, toBase64url } from '../../../../../../src/main/node/identity/index.ts';
import { decodeBlock } from '../../../../../../src/main/node/ledger/block.ts';
import type { ExportReport } from '../../../../../../src/main/node/ledger/export/export-report.ts';
import { type BlockLine, LineDigest } from '../../../../../../src/main/node/ledger/export/lines.ts';
import { verifyBytes } from '../../../../../../src/main/node/ledger/export/verify-file.ts';
import { LineVerifier } from '../../../../../../src/main/node/ledger/export/verify-lines.ts';
import { ExportWriter } from '../../../../../../src/main/node/ledger/export/write-lines.ts';
import { type PlaceAnswer, signConfirmation } from '../../../../../../src/main/node/ledger/sync/confirmation.ts';
import { toHex } from '../../../../../../src/main/node/trust/digest.ts';
import { actDraft, type MadeBlock, makeBlocks, signerNamed } from '../../../../../helpers/ledger-blocks.ts';

const author = signerNamed('press-07');
const witness = signerNamed('line-2');

function exported(
  blocks: readonly MadeBlock[],
  options: { readonly details?: boolean; readonly confirm?: boolean; readonly signer?: Signer } = {},
): string {
  const [first] = blocks;
  const last = blocks.at(-1);
  if (first === undefined || last === undefined) throw new Error('no blocks');
  const writer = new ExportWriter();
  const head = {
    chainId: author.nodeId,
    name: 'press-07',
    exportedAt: 1_700_000_100_000,
    exportedBy: witness.nodeId,
    fromHeight: first.block.height,
    toHeight: last.block.height,
  };
  writer.header(head);
  for (const block of blocks) writer.block(block, options.details === true ? block.details : []);
  if (options.confirm === true) {
    const answers = [{ height: last.block.height, verdict: 'same' as const, hash: toHex(last.block.hash) }];
    writer.confirmation(
      signConfirmation({ chainId: author.nodeId, at: 1_700_000_200_000, height: last.block.height, answers }, witness),
      'line-2',
    );
  }
  writer.end(head, options.signer ?? witness);
  return writer.take();
}

function check(text: string): ExportReport {
  const verifier = new LineVerifier();
  for (const line of text.slice(0, -1).split('\n')) if (!verifier.add(line)) break;
  return verifier.finish();
}

async function checkBytes(bytes: Uint8Array): Promise<ExportReport> {
  async function* chunks() {
    yield bytes;
  }
  return (await verifyBytes(chunks())).report;
}

const withLines = (text: string, change: (lines: string[]) => string[]) => `${change(text.slice(0, -1).split('\n')).join('\n')}\n`;

test('a whole export is found whole, with what it holds', () => {
  const report = check(exported(makeBlocks(author, [1, 3, 2]), { details: true, confirm: true }));
  expect(report).toMatchObject({
    whole: true,
    fault: null,
    chainId: author.nodeId,
    name: 'press-07',
    blocks: 3,
    entries: 6,
    firstHeight: 0,
    firstNumber: 1,
    lastNumber: 6,
    details: 6,
    signedBy: witness.nodeId,
    confirmations: [{ nodeId: witness.nodeId, name: 'line-2', height: 2, verdict: 'same' }],
  });
});

test('pages that hand on where they ended give the same file as one piece', () => {
  const blocks = makeBlocks(author, [1, 2, 1]);
  const head = { chainId: author.nodeId, name: 'press-07', exportedAt: 5, exportedBy: author.nodeId, fromHeight: 0, toHeight: 2 };
  const whole = new ExportWriter();
  whole.header(head);
  for (const block of blocks) whole.block(block);
  whole.end(head, author);
  let writer = new ExportWriter();
  writer.header(head);
  let text = writer.take();
  for (const block of blocks) {
    writer = new ExportWriter(writer.progress);
    writer.block(block);
    text += writer.take();
  }
  writer.end(head, author);
  expect(text + writer.take()).toBe(whole.take());
});

test('a changed entry is named with its block and its place', () => {
  const text = exported(makeBlocks(author, [1, 3])).replace(/queues\.create(?=(?:(?!queues\.create).)*\n\{"blocks)/s, 'queues.delete');
  expect(check(text).fault).toMatchObject({ fault: 'entryChanged', line: 3, height: 1, number: 4, field: 'entries[2]' });
});

test.each([
  ['the last lines cut off', (lines: string[]) => lines.slice(0, -2), { fault: 'truncated' }],
  ['a block left out', (lines: string[]) => lines.toSpliced(2, 1), { fault: 'gap', line: 3, height: 2 }],
  ['the last block left out', (lines: string[]) => lines.toSpliced(3, 1), { fault: 'gap', line: 4 }],
  ['two blocks exchanged', (lines: string[]) => [lines[0], lines[2], lines[1], ...lines.slice(3)] as string[], { fault: 'gap', line: 2 }],
  ['a block twice', (lines: string[]) => lines.toSpliced(2, 0, lines[2] as string), { fault: 'order', line: 4, height: 1 }],
  ['a line put in', (lines: string[]) => lines.toSpliced(2, 0, '{"type":"remark"}'), { fault: 'line', line: 3 }],
  ['a line behind the end', (lines: string[]) => [...lines, lines[1] as string], { fault: 'line' }],
  ['no header', (lines: string[]) => lines.slice(1), { fault: 'order', line: 1 }],
  ['an empty line', (lines: string[]) => lines.toSpliced(2, 0, ''), { fault: 'line', line: 3 }],
  [
    'the name in the header changed',
    (lines: string[]) => lines.with(0, (lines[0] as string).replace('press-07', 'press-08')),
    { field: 'digest' },
  ],
])('%s is found', (_what, change, fault) => {
  const text = withLines(exported(makeBlocks(author, [1, 2, 1])), change);
  expect(check(text).fault).toMatchObject(fault);
});

/** What somebody can make of a file without a key: fewer blocks, and a header and end line that fit them. */
function rewritten(text: string, version: 1 | 2): string {
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, never>);
  const [header, ...blocks] = lines.slice(0, -2) as unknown as [Record<string, unknown>, ...BlockLine[]];
  const last = blocks.at(-1) as BlockLine;
  const { signature, ...end } = lines.at(-1) as Record<string, unknown>;
  const kept = [{ ...header, version, toHeight: last.height }, ...blocks].map((line) => canonicalJson(line));
  const digest = new LineDigest();
  for (const line of kept) digest.add(line);
  const hash = toHex(decodeBlock(fromBase64url(last.block, 'block', 204)).hash);
  const entries = blocks.reduce((sum, block) => sum + block.entries.length, 0);
  const counted = { ...end, blocks: blocks.length, entries, headHash: hash, digest: toBase64url(digest.value) };
  return `${[...kept, canonicalJson(version === 1 ? counted : { ...counted, signature })].join('\n')}\n`;
}

test('whole blocks cut off the end together with header and end line are found by the signature of who wrote the file', () => {
  const text = exported(makeBlocks(author, [1, 2, 1]));
  expect(check(rewritten(text, 2)).fault).toMatchObject({ fault: 'signature', field: 'signature', height: 1 });
  expect(check(exported(makeBlocks(author, [1, 2]), { signer: author })).fault).toMatchObject({ fault: 'signature' });
});

test('a file of the version before is read, and said to prove less', () => {
  expect(check(rewritten(exported(makeBlocks(author, [1, 2, 1])), 1))).toMatchObject({ whole: true, blocks: 2, signedBy: null });
  const unsigned = withLines(exported(makeBlocks(author, [1])), (lines) =>
    lines.with(-1, (lines.at(-1) as string).replace(/"signature":"[^"]+",/, '')),
  );
  expect(check(unsigned).fault).toMatchObject({ fault: 'signature', message: 'The end line bears no signature.' });
});

test('a file that ends early says which blocks are missing', () => {
  const lines = exported(makeBlocks(author, [1, 1, 1, 1])).split('\n');
  expect(check(`${lines.slice(0, 3).join('\n')}\n`).fault?.message).toContain('blocks 2 to 3 are missing');
  expect(check(`${lines.slice(0, 4).join('\n')}\n`).fault?.message).toContain('block 3 is missing');
});

test('a block that another key signed is found, though it is a valid block of that key', () => {
  const [first, second] = makeBlocks(author, [1, 1]);
  if (first === undefined || second === undefined) throw new Error('no blocks');
  const [, foreign] = makeBlocks(witness, [1, 1]);
  expect(check(exported([first, foreign as MadeBlock])).fault).toMatchObject({ fault: 'signature', height: 1 });
});

test('another past of the same node does not link', () => {
  const [, second] = makeBlocks(author, [1, 1]);
  const [other] = makeBlocks(author, [1], undefined, actDraft({ act: 'queues.delete' }));
  expect(check(exported([other as MadeBlock, second as MadeBlock])).fault).toMatchObject({ fault: 'prevHash', height: 1 });
});

test('params that are not those of the act are found', () => {
  const text = exported(makeBlocks(author, [2]), { details: true }).replace('"replicas":3', '"replicas":4');
  expect(check(text).fault).toMatchObject({ fault: 'details', line: 3, number: 1, field: 'params' });
});

test('a confirmation that its node did not sign is found', () => {
  const text = exported(makeBlocks(author, [1]), { confirm: true }).replace('"verdict":"same"', '"verdict":"unknown"');
  expect(check(text).fault).toMatchObject({ fault: 'confirmation', field: 'signature' });
});

test('a chain in two files is whole when the second follows the first', () => {
  const blocks = makeBlocks(author, [1, 2, 1, 1]);
  const first = new LineVerifier();
  for (const line of exported(blocks.slice(0, 2)).trimEnd().split('\n')) first.add(line);
  expect(first.finish().whole).toBe(true);
  const second = new LineVerifier(first.place);
  for (const line of exported(blocks.slice(2)).trimEnd().split('\n')) second.add(line);
  expect(second.finish()).toMatchObject({ whole: true, firstNumber: 4 });
  const wrong = new LineVerifier(first.place);
  for (const line of exported(blocks.slice(3)).trimEnd().split('\n')) wrong.add(line);
  expect(wrong.finish().fault).toMatchObject({ fault: 'gap', height: 3 });
});

test('every change of a single byte is found', async () => {
  const bytes = Buffer.from(exported(makeBlocks(author, [1, 2]), { details: true, confirm: true }));
  expect((await checkBytes(bytes)).whole).toBe(true);
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ flip;
      expect((await checkBytes(changed)).whole).toBe(false);
    }),
    { numRuns: 400 },
  );
});

test('every file that ends too early is found', async () => {
  const bytes = Buffer.from(exported(makeBlocks(author, [1, 1])));
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 1), async (length) => {
      expect((await checkBytes(bytes.subarray(0, length))).whole).toBe(false);
    }),
    { numRuns: 100 },
  );
});

test('a line without end is not read into memory', async () => {
  let given = 0;
  async function* endless() {
    for (;;) {
      given += 65_536;
      yield Buffer.alloc(65_536, 0x20);
    }
  }
  const { report } = await verifyBytes(endless());
  expect(report.fault).toMatchObject({ fault: 'unreadable', line: 1 });
  expect(given).toBeLessThan(1_000_000);
});

test('a confirmation that speaks of another block than the last one is found, though its node did sign it', () => {
  const blocks = makeBlocks(author, [1, 1]);
  const [older] = blocks;
  if (older === undefined) throw new Error('no block');
  const confirmed = (answer: PlaceAnswer) => {
    const writer = new ExportWriter();
    const exportedAt = 1_700_000_100_000;
    const head = { chainId: author.nodeId, name: 'press-07', exportedAt, exportedBy: witness.nodeId, fromHeight: 0, toHeight: 1 };
    writer.header(head);
    for (const block of blocks) writer.block(block);
    writer.confirmation(signConfirmation({ chainId: author.nodeId, at: exportedAt, height: 1, answers: [answer] }, witness), 'line-2');
    writer.end(head, witness);
    return check(writer.take()).fault;
  };
  const hash = toHex(older.block.hash);
  expect(confirmed({ height: 0, verdict: 'same', hash })).toMatchObject({ fault: 'confirmation', field: 'answers' });
  expect(confirmed({ height: 1, verdict: 'same', hash })).toMatchObject({ fault: 'confirmation', field: 'answers' });
  expect(confirmed({ height: 1, verdict: 'differs', hash })).toBeNull();
});
