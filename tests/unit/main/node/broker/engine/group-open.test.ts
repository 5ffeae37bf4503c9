import { writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { timingProfiles } from '../../../../../../src/main/node/broker/core/index.ts';
import type { GroupConfiguration } from '../../../../../../src/main/node/broker/core/types.ts';
import { Group, type GroupContext } from '../../../../../../src/main/node/broker/engine/group.ts';
import { LogPump } from '../../../../../../src/main/node/broker/engine/log-pump.ts';
import { MessageTail } from '../../../../../../src/main/node/broker/engine/message-tail.ts';
import { EntryMaker, groupA, logStore, persist, start } from '../../../../../helpers/log-store.ts';
import { stateStore } from '../../../../../helpers/state-store.ts';
import { temporaryFolder } from '../../../../../helpers/temporary-folder.ts';

const nothing = () => undefined;

function configurationWith(...others: readonly { readonly brokerId: string; readonly voter: boolean }[]): GroupConfiguration {
  const members = [{ brokerId: 'B-OWN01', voter: true }, ...others].map((one) => ({ ...one, nodeId: null, host: '127.0.0.1', port: 1 }));
  return { groupId: groupA, version: 0, members };
}

/** A group of 10 entries whose log begins after one of them; nothing is left of its state. */
async function withoutState(configuration: GroupConfiguration, cutAfter = 8) {
  const folder = await temporaryFolder();
  const log = logStore(folder).store;
  await log.open();
  await log.createGroup(groupA, configuration, start);
  const entries = new EntryMaker().many(1, 10);
  await log.write([{ groupId: groupA, persist: persist(entries, { hardState: { term: 1, votedFor: 'B-OWN01' } }) }]);
  const cut = entries[cutAfter - 1];
  if (cut !== undefined) await log.compact(groupA, { index: cut.index, term: cut.term, checksum: cut.checksum });
  const setAside: string[] = [];
  const context: GroupContext = {
    brokerId: 'B-OWN01',
    log,
    store: stateStore(folder),
    pump: new LogPump({ log, onPersisted: nothing, onFailed: nothing }),
    tail: new MessageTail(1_000_000),
    peers: {
      send: () => true,
      isConnected: () => true,
      setMembers: nothing,
      removeGroup: nothing,
      offerSnapshot: () => Promise.resolve(false),
    },
    timing: timingProfiles.lan,
    random: () => 0.5,
    nowMs: () => 0,
    onChanged: nothing,
    onGroupFailed: nothing,
    onFault: nothing,
    onStateSetAside: (_groupId, path) => setAside.push(path),
    onStorageFailed: nothing,
  };
  /** Leaves what no state is in the place of the state. */
  const damage = async () => {
    await context.store.open(groupA);
    const file = await context.store.setAside(groupA);
    await writeFile(file.replace('.damaged', ''), Buffer.alloc(8_192, 'no database'));
  };
  return { log, damage, setAside, open: async () => Group.open(context, await log.image(groupA)) };
}

test('a lost state is left to a person where the only voter had it: a learner would follow one that begins with nothing', async () => {
  for (const others of [[], [{ brokerId: 'B-LEARN', voter: false }]]) {
    const { log, open } = await withoutState(configurationWith(...others));
    await expect(open()).rejects.toMatchObject({ code: 'STORAGE_CORRUPT' });
    expect(await log.image(groupA)).toMatchObject({ compacted: { index: 8 }, last: { index: 10 } });
  }
});

test('a lost state comes again from other voters: until then there is no vote, and none is given again in a term that had one', async () => {
  const { log, open } = await withoutState(configurationWith({ brokerId: 'B-OTHER', voter: true }));
  const group = await open();
  expect(group.driver.status()).toMatchObject({ impaired: true, last: start, term: 1 });
  expect(await log.image(groupA)).toMatchObject({ guardedIndex: 10, hardState: { term: 1, votedFor: 'B-OWN01' } });
});

test('a state that cannot be read is kept aside, and made anew of a log that has its first entry', async () => {
  const { log, open, damage, setAside } = await withoutState(configurationWith(), 0);
  await damage();
  const group = await open();
  expect(setAside).toEqual([expect.stringMatching(/state\.db\.damaged$/)]);
  expect(group.driver.status()).toMatchObject({ impaired: false, last: { index: 10 } });
  expect(await log.image(groupA)).toMatchObject({ last: { index: 10 } });
});

test('a state that cannot be read is left to a person, and its log as it is, where the others cannot elect a leader without it', async () => {
  for (const others of [[], [{ brokerId: 'B-LEARN', voter: false }], [{ brokerId: 'B-OTHER', voter: true }]]) {
    const { log, open, damage, setAside } = await withoutState(configurationWith(...others));
    await damage();
    await expect(open()).rejects.toMatchObject({ code: 'STORAGE_CORRUPT' });
    expect(setAside).toEqual([]);
    expect(await log.image(groupA)).toMatchObject({ compacted: { index: 8 }, last: { index: 10 } });
  }
});
