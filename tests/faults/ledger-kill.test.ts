import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { entriesOf, openRecorder, recorderId } from '../helpers/recorder-fixture.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { eventually, until } from '../helpers/until.ts';

const program = join(import.meta.dirname, '../helpers/ledger-process.ts');
const rounds = 6;

test('kill -9 at any point: every act that was answered is in exactly one entry, in order', async () => {
  const folder = await temporaryFolder();
  const acknowledged: string[] = [];
  for (let round = 0; round < rounds; round++) {
    const child = fork(program, [folder], { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const gone = once(child, 'exit');
    let acts = 0;
    const many = 1 + ((round * 7) % 40);
    await new Promise<void>((resolve) => {
      child.on('message', (message) => {
        if (message !== 'ready') acknowledged.push(String(message));
        // Another moment each time: the child goes on while it is being killed.
        if (++acts === many) resolve();
      });
    });
    child.kill('SIGKILL');
    await gone;
  }

  const { audit, store, recorder, stop } = await openRecorder(folder);
  const records = await audit.since(0, 100_000);
  await until(() => recorder.waiting === 0);
  await eventually(async () => (await entriesOf(store)).length === records.length + 1);
  const [genesis, ...entries] = await entriesOf(store);
  expect(genesis?.entry.kind).toBe('genesis');
  expect(entries.map(({ entry }) => entry.act)).toEqual(records.map(({ act }) => act));
  expect(new Set(entries.map(({ entry }) => entry.act))).toEqual(new Set(records.map(({ act }) => act)));
  const written = new Set(entries.map(({ entry }) => entry.act));
  expect(acknowledged.filter((act) => !written.has(act))).toEqual([]);
  expect(await store.verify(recorderId)).toMatchObject({ fault: null, checkedEntries: records.length + 1 });
  await stop();
});
