/** `npm run reference`: writes docs/methods.md from the contract. A test fails when it is out of date. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { referencePage } from './lib/reference-page.ts';

const file = join(import.meta.dirname, '..', 'docs', 'methods.md');
writeFileSync(file, referencePage());
console.log(`wrote ${file}`);
