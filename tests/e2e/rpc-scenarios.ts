/** What a person does on the RPC screen: the same in the window and in a browser. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, type Locator, type Page, test } from '@playwright/test';
import { expectAccessible, setScheme } from '../helpers/axe.ts';
import { type BrowserConsole, type ConsoleUnderTest, goTo } from '../helpers/console.ts';
import { entry } from '../helpers/headless-node.ts';

const run = promisify(execFile);

const tree = (page: Page): Locator => page.getByRole('tree', { name: 'Requests and methods' });
const editor = (page: Page): Locator => page.getByRole('textbox', { name: 'Parameters as JSON' });
const answer = (page: Page): Locator => page.getByRole('region', { name: 'Answer', exact: true });
const answerText = (page: Page): Locator => page.getByRole('region', { name: 'Answer as JSON' });

/** Opens a method by its address, as palette and links do. */
async function openMethod(page: Page, method: string, params?: unknown): Promise<void> {
  const query = new URLSearchParams({ method, ...(params !== undefined && { params: JSON.stringify(params) }) });
  await goTo(page, `/rpc?${query}`);
  await expect(page.getByRole('tab', { name: method, exact: false, selected: true })).toBeVisible();
}

async function writeAs(page: Page, view: 'JSON' | 'Form'): Promise<void> {
  await page.getByRole('radiogroup', { name: 'Write parameters as' }).getByText(view, { exact: true }).click();
}

async function write(page: Page, params: unknown): Promise<void> {
  await writeAs(page, 'JSON');
  await editor(page).fill(JSON.stringify(params));
}

async function send(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Send/ }).click();
}

/** Asks until the answer holds a text: what was kept a moment ago is on its way to the disk. */
async function expectAnswer(page: Page, text: string): Promise<void> {
  await expect(async () => {
    await send(page);
    await page.getByRole('tab', { name: 'Raw' }).click();
    await expect(page.getByRole('region', { name: 'Answer as it came' })).toContainText(text, { timeout: 1_000 });
  }).toPass();
}

/** Registers the scenarios over one console. */
export function describeRpc(open: () => Promise<ConsoleUnderTest>): void {
  let opened: ConsoleUnderTest;
  let page: Page;

  test.describe('the RPC screen', () => {
    test.describe.configure({ mode: 'serial' });
    test.beforeAll(async () => {
      opened = await open();
      ({ page } = opened);
      await goTo(page, '/rpc');
      await tree(page).waitFor();
    });
    test.afterAll(() => opened?.close());

    test('lists every method, filters them, and opens one by keyboard', async () => {
      await expect(page.getByText('No request is open')).toBeVisible();
      await expect(tree(page).getByRole('treeitem', { name: 'Methods' })).toBeVisible();
      await expect(tree(page).getByRole('treeitem', { name: 'restart danger' })).toBeVisible();
      await page.keyboard.press('/');
      await expect(page.getByRole('textbox', { name: 'Filter methods' })).toBeFocused();
      await page.keyboard.type('logs.ta');
      await expect(tree(page).getByRole('treeitem')).toHaveText([/Methods/, 'logs', 'tail']);
      await tree(page).focus();
      for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
      await expect(page.getByRole('tab', { name: 'logs.tail' })).toBeVisible();
      await page.getByRole('textbox', { name: 'Filter methods' }).fill('no such thing');
      await page.getByRole('button', { name: 'Clear filter' }).click();
    });

    test('fills the form of a method, calls it, and shows the answer', async () => {
      await writeAs(page, 'Form');
      await page.getByRole('textbox', { name: 'name' }).fill('all');
      await page.getByRole('textbox', { name: 'lines' }).fill('3');
      await page.getByRole('textbox', { name: 'lines' }).press('Control+Enter');
      await expect(answer(page).getByText('OK', { exact: true })).toBeVisible();
      await expect(answerText(page)).toContainText('"entries"');
      await page.getByRole('tab', { name: 'Table 3' }).click();
      await expect(page.getByRole('listbox', { name: 'Table' }).getByRole('option')).toHaveCount(3);
      await writeAs(page, 'JSON');
      await expect(editor(page)).toContainText('"lines": 3');
      await page.getByRole('tab', { name: 'JSON', exact: true }).click();
    });

    test('completes names and values from the schema of the method', async () => {
      await editor(page).fill('');
      await editor(page).pressSequentially('{ "na');
      const list = page.getByRole('listbox', { name: 'Completions' });
      await expect(list.getByRole('option')).toHaveText([/^name.*required/]);
      await page.keyboard.press('Enter');
      await page.keyboard.type('all');
      await page.keyboard.press('ArrowRight');
      await page.keyboard.type(', "lev');
      await expect(list.getByRole('option', { name: /^level/ })).toBeVisible();
      await page.keyboard.press('Enter');
      await expect(list.getByRole('option')).toHaveText(['trace', 'debug', 'info', 'warn', 'error', 'fatal']);
      await page.keyboard.type('war');
      await expect(list.getByRole('option')).toHaveText(['warn']);
      await page.keyboard.press('Enter');
      await expect(editor(page)).toHaveText('{ "name": "all", "level": "warn"}');
    });

    test('marks what the node refuses at its field and in the text', async () => {
      await write(page, { name: 'all', lines: 99_999 });
      await send(page);
      await expect(answer(page).getByText('Bad input')).toBeVisible();
      await expect(page.locator('.cm-lintRange-error')).toHaveText('99999');
      await writeAs(page, 'Form');
      const lines = page.getByRole('textbox', { name: 'lines' });
      await expect(lines).toHaveAttribute('aria-invalid', 'true');
      await page.getByRole('button', { name: '/lines' }).click();
      await expect(lines).toBeFocused();
      await lines.fill('5');
      await expect(lines).not.toHaveAttribute('aria-invalid', 'true');
    });

    test('tells a method that does not exist from one that failed', async () => {
      await openMethod(page, 'no.such.method');
      await send(page);
      await expect(answer(page).getByText('No such method')).toBeVisible();
      await expect(answer(page).getByText('It has not run.')).toBeVisible();
    });

    test('names variables without a value before it sends, and keeps secret ones out of the history', async () => {
      await openMethod(page, 'logs.tail', { name: '{{log}}', lines: '{{many}}' });
      await writeAs(page, 'JSON');
      await expect(page.getByText('{{log}}, {{many}} have no value.')).toBeVisible();
      await page.getByRole('button', { name: 'Variables…' }).click();
      const dialog = page.getByRole('dialog', { name: 'Variables' });
      await dialog.getByRole('button', { name: 'New set' }).click();
      await dialog.getByRole('checkbox', { name: 'Secret' }).first().check();
      await dialog.getByLabel('Value of log').fill('all');
      await dialog.getByLabel('Value of many').fill('2');
      await page.keyboard.press('Escape');
      await expect(dialog).toBeHidden();
      await send(page);
      await expect(answer(page).getByText('OK', { exact: true })).toBeVisible();
      await page.getByRole('tab', { name: 'Table 2' }).click();
      await openMethod(page, 'workspace.list', { kind: 'history' });
      await expectAnswer(page, '{{log}}');
    });

    test('asks before it destroys, and wants the name typed', async () => {
      await openMethod(page, 'users.remove', { username: 'nobody' });
      await send(page);
      const dialog = page.getByRole('dialog', { name: 'Call users.remove?' });
      const yes = dialog.getByRole('button', { name: 'Call users.remove' });
      await expect(yes).toBeDisabled();
      await expectAccessible(page);
      await dialog.getByRole('textbox', { name: 'Type users.remove to confirm' }).fill('users.remove');
      await yes.click();
      await expect(answer(page).getByRole('alert')).toContainText('users.remove failed');
    });

    test('asks all nodes and shows one row for each', async () => {
      await openMethod(page, 'node.status');
      await page.getByRole('combobox', { name: 'Target' }).click();
      await page.getByRole('option', { name: 'All nodes (1)' }).click();
      await send(page);
      await expect(answer(page).getByText('1 of 1 answered')).toBeVisible();
      await expect(page.getByRole('listbox', { name: 'Nodes' }).getByRole('option')).toHaveCount(1);
    });

    test('shows what changed since the answer before', async () => {
      await openMethod(page, 'system.stats');
      for (let time = 0; time < 2; time++) {
        await send(page);
        await expect(answer(page).getByText('OK', { exact: true })).toBeVisible();
      }
      await page.getByRole('tab', { name: 'Diff' }).click();
      await expect(page.getByText('/system/os/system_datetime')).toBeVisible();
      await page.getByRole('tab', { name: 'JSON', exact: true }).click();
    });

    test('copies a request as a command that answers the same in a shell', async () => {
      await openMethod(page, 'config.validate', { values: { 'node.name': `it's "press" $HOME`, 'http.port': 'x' } });
      await send(page);
      await expect(answerText(page)).toContainText('"valid"');
      const shown = await answerText(page)
        .locator('.sb-code-line')
        .evaluateAll((lines) =>
          // Without the number that each line begins with.
          lines.map((line) => line.textContent?.slice(line.querySelector('.ln')?.textContent?.length ?? 0)).join(''),
        );
      await page.getByRole('button', { name: 'More' }).last().click();
      await page.getByRole('menuitem', { name: 'Copy as CLI command' }).click();
      await expect(page.getByText('Copied')).toBeVisible();
      const command = await opened.readClipboard();
      expect(command).toMatch(/^signalbox call config\.validate --params '/);
      const script = `signalbox() { "$NODE" "$CLI" "$@" --data "$DATA"; }; ${command}`;
      const { stdout } = await run('/bin/sh', ['-c', script], {
        env: { ...process.env, NODE: process.execPath, CLI: entry, DATA: opened.dataFolder },
      });
      expect(JSON.parse(stdout)).toEqual(JSON.parse(shown));
    });

    test('saves a request, exports it, deletes it, brings it back and imports it', async () => {
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      const dialog = page.getByRole('dialog', { name: 'Save request' });
      await dialog.getByLabel('Name').fill('Morning check');
      await dialog.getByRole('button', { name: 'Save' }).click();
      const saved = tree(page).getByRole('treeitem', { name: 'Morning check', exact: true });
      await expect(saved).toBeVisible();
      await expect(page.getByRole('tab', { name: 'Morning check', exact: true })).toBeVisible();
      const file = await opened.saveFile(async () => {
        await page.getByRole('button', { name: 'More' }).first().click();
        await page.getByRole('menuitem', { name: 'Export saved requests' }).click();
      });
      expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ requests: [{ name: 'Morning check', method: 'config.validate' }] });
      await saved.click({ button: 'right' });
      await page.getByRole('menuitem', { name: 'Delete' }).click();
      await expect(saved).toBeHidden();
      await page.getByRole('button', { name: 'Undo' }).click();
      await expect(saved).toBeVisible();
      await page.locator('input[type=file]').setInputFiles(file);
      await expect(tree(page).getByRole('treeitem', { name: 'Morning check 2' })).toBeVisible();
    });

    test('has no serious accessibility finding, in either theme', async () => {
      for (const scheme of ['light', 'dark'] as const) {
        await setScheme(page, scheme);
        for (const view of ['Form', 'JSON'] as const) {
          await openMethod(page, 'logs.setLevel', { name: 'router' });
          await writeAs(page, view);
          // What is still being put into the page would be looked at half: the editor's marks come last.
          if (view === 'Form') await expect(page.getByRole('textbox', { name: 'name' })).toBeVisible();
          else await expect(page.locator('.cm-lintRange-warning').first()).toBeVisible();
          await expectAccessible(page);
        }
      }
      await page.emulateMedia({ colorScheme: 'light', reducedMotion: null });
    });

    test('has history, saved requests and half-written drafts again after the node was killed', async () => {
      await openMethod(page, 'logs.setLevel', { name: 'router' });
      await write(page, { name: 'half' });
      // Kept a moment after the last key: what the node has of it is the proof.
      await openMethod(page, 'workspace.list', { kind: 'draft' });
      await expectAnswer(page, 'half');
      page = await opened.restart();
      await goTo(page, '/rpc');
      await page.getByRole('tab', { name: 'logs.setLevel, unsaved changes' }).click();
      await expect(editor(page)).toContainText('"half"');
      await page.getByRole('textbox', { name: 'Filter methods' }).fill('morning');
      await expect(tree(page).getByRole('treeitem', { name: 'Morning check', exact: true })).toBeVisible();
      await page.getByRole('textbox', { name: 'Filter methods' }).fill('no.such');
      await tree(page)
        .getByRole('treeitem', { name: /no\.such\.method Failed/ })
        .click();
      await expect(page.getByRole('tab', { name: 'no.such.method', selected: true })).toBeVisible();
    });
  });
}

/** What happens when no answer comes: only where the page is not of the same program as the node. */
export function describeSilentNode(open: () => Promise<BrowserConsole>): void {
  test('a call to a node that is silent ends when it is cancelled or the time is over, and says that it may have run', async () => {
    const opened = await open();
    const { page } = opened;
    try {
      await goTo(page, '/rpc');
      await tree(page).waitFor();
      await openMethod(page, 'node.status');
      await page.getByRole('combobox', { name: 'Timeout' }).click();
      await page.getByRole('option', { name: '1 s', exact: true }).click();
      const thaw = opened.freezeNode();
      try {
        await editor(page).click();
        await page.keyboard.press('Control+Enter');
        await expect(answer(page).getByText('Waiting', { exact: true })).toBeVisible();
        await page.keyboard.press('Escape');
        await expect(answer(page).getByText('node.status was cancelled').first()).toBeVisible();
        await page.keyboard.press('Control+Enter');
        await expect(answer(page).getByText('Timed out')).toBeVisible();
        await expect(answer(page).getByText('It may still have run.').first()).toBeVisible();
      } finally {
        thaw();
      }
    } finally {
      await opened.close();
    }
  });
}
