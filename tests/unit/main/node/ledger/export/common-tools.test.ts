/** An export can be checked with tools that know nothing of this program: docs/ledger.md shows how. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ExportWriter } from '../../../../../../src/main/node/ledger/export/index.ts';
import type { BlockLine } from '../../../../../../src/main/node/ledger/export/lines.ts';
import { ChainWriter } from '../../../../../helpers/ledger-fixture.ts';
import { temporaryFolder } from '../../../../../helpers/temporary-folder.ts';

const hasOpenssl = spawnSync('openssl', ['version']).stdout?.toString().startsWith('OpenSSL 3') === true;

test.skipIf(!hasOpenssl)('openssl alone verifies the signature of a block of an export, and finds a changed one', async () => {
  const writer = new ChainWriter(1);
  const lines = new ExportWriter();
  const first = { chainId: writer.chainId, name: 'a', exportedAt: 1, exportedBy: writer.chainId, fromHeight: 0, toHeight: 1 };
  lines.header(first);
  for (const block of writer.writeMany(2)) lines.block(block);
  lines.end(first, writer.signer);
  const { block, entries } = JSON.parse(lines.take().split('\n')[2] ?? '') as BlockLine;
  const bytes = Buffer.from(block, 'base64url');
  const folder = await temporaryFolder();
  const [head, signature, key] = [join(folder, 'head'), join(folder, 'signature'), join(folder, 'key.der')];
  await writeFile(head, bytes.subarray(0, 140));
  await writeFile(signature, bytes.subarray(140));
  // The author stands in the head itself: bytes 16 to 48.
  await writeFile(key, Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), bytes.subarray(16, 48)]));
  const verify = ['pkeyutl', '-verify', '-rawin', '-pubin', '-keyform', 'DER', '-inkey', key, '-in', head, '-sigfile', signature];
  expect(execFileSync('openssl', verify).toString()).toContain('Signature Verified Successfully');
  // One entry: the root is the hash of a zero byte and the bytes of the entry.
  const root = createHash('sha256')
    .update(Buffer.from([0]))
    .update(entries[0] ?? '', 'utf8')
    .digest();
  expect(bytes.subarray(108, 140).equals(root)).toBe(true);
  await writeFile(head, Buffer.concat([bytes.subarray(0, 139), Buffer.from([(bytes[139] ?? 0) ^ 1])]));
  expect(spawnSync('openssl', verify).status).not.toBe(0);
});
