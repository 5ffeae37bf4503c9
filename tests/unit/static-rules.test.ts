/** What no source may contain, whatever it is for (security.md 4.2, item 1). */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const source = resolve(import.meta.dirname, '..', '..', 'src');
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(ts|tsx|html)$/.test(file))
  .map((file) => ({ file: file.replaceAll('\\', '/'), text: withoutComments(readFileSync(join(source, file), 'utf8')) }));

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}

const rules: readonly { readonly what: string; readonly pattern: RegExp; readonly allowed: readonly string[] }[] = [
  { what: 'a window with Node in its page', pattern: /nodeIntegration\w*:\s*true/, allowed: [] },
  { what: 'a window without its protections', pattern: /(webSecurity|contextIsolation|sandbox):\s*false/, allowed: [] },
  {
    what: 'a certificate that is not checked',
    pattern: /rejectUnauthorized:\s*false/,
    allowed: ['main/node/certificates/checked-connection.ts', 'main/node/links/link-dialer.ts', 'main/node/tunnel/agent/sign-in.ts'],
  },
  { what: 'text as code', pattern: /\beval\(|new Function\(/, allowed: [] },
  { what: 'text as markup', pattern: /\.(inner|outer)HTML\s*=|insertAdjacentHTML|document\.write|dangerouslySetInnerHTML/, allowed: [] },
  { what: 'ipcMain outside its wrapper', pattern: /\bipcMain\b/, allowed: ['main/shell/ipc.ts'] },
  { what: 'ipcRenderer outside the preload', pattern: /\bipcRenderer\b/, allowed: ['preload/index.ts'] },
  { what: 'openExternal outside its wrapper', pattern: /shell\.openExternal/, allowed: ['main/shell/external-links.ts'] },
  { what: 'a program started through a shell', pattern: /shell:\s*true|\bexecSync?\(['"`]/, allowed: [] },
  { what: 'a remote module or file page', pattern: /@electron\/remote|loadFile\(|file:\/\//, allowed: [] },
];

it.each(rules)('has no $what', ({ pattern, allowed }) => {
  const found = files.filter(({ file, text }) => !allowed.includes(file) && pattern.test(text)).map(({ file }) => file);
  expect(found).toEqual([]);
});
