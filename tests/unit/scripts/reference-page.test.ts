import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { referencePage } from '../../../scripts/lib/reference-page.ts';

test('docs/methods.md says what the contract says; npm run reference writes it anew', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/methods.md'), 'utf8').replaceAll('\r\n', '\n');
  expect(page).toBe(referencePage());
});
