import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadBrokerIdentity, renounceBrokerIdentity } from '../../../../../../src/main/node/broker/log/index.ts';
import { logFileOf } from '../../../../../helpers/log-store.ts';
import { temporaryFolder } from '../../../../../helpers/temporary-folder.ts';

test('a broker keeps its id, counts its starts and has another start id each time', async () => {
  const folder = join(await temporaryFolder(), 'broker');
  const first = await loadBrokerIdentity(folder);
  expect(first).toEqual({
    brokerId: expect.stringMatching(/^B-[A-Z0-9]{5}$/),
    incarnation: 1,
    startId: expect.stringMatching(/^[0-9a-f]{32}$/),
    renounced: null,
  });
  const second = await loadBrokerIdentity(folder);
  expect(second).toMatchObject({ brokerId: first.brokerId, incarnation: 2 });
  expect(second.startId).not.toBe(first.startId);
});

test('a disk that is wiped, or known to be a copy, becomes another broker', async () => {
  const folder = await temporaryFolder();
  const first = await loadBrokerIdentity(folder);
  await renounceBrokerIdentity(folder);
  const second = await loadBrokerIdentity(folder);
  expect(second).toMatchObject({ incarnation: 1, renounced: first.brokerId });
  expect(second.brokerId).not.toBe(first.brokerId);
  expect(await loadBrokerIdentity(folder)).toMatchObject({ brokerId: second.brokerId, incarnation: 2, renounced: null });
  await rm(join(folder, 'broker.json'));
  expect((await loadBrokerIdentity(folder)).brokerId).not.toBe(second.brokerId);
});

test('a file that is not what was written, or is missing beside a log, is refused and left as it is', async () => {
  const folder = await temporaryFolder();
  await loadBrokerIdentity(folder);
  const file = join(folder, 'broker.json');
  const text = await readFile(file, 'utf8');
  for (const damaged of [text.replace('"incarnation":1', '"incarnation":0'), text.slice(0, 20), '']) {
    await writeFile(file, damaged);
    await expect(loadBrokerIdentity(folder)).rejects.toMatchObject({ code: 'STORAGE_CORRUPT' });
    expect(await readFile(file, 'utf8')).toBe(damaged);
  }
  await rm(file);
  await writeFile(logFileOf(folder), '');
  await expect(loadBrokerIdentity(folder)).rejects.toMatchObject({ code: 'STORAGE_CORRUPT' });
});
