import type { networkInterfaces } from 'node:os';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Contacts, contactMigrations, formatAddress, parseAddress } from '../../../../../src/main/node/membership/contacts.ts';
import { membershipLimits } from '../../../../../src/main/node/membership/limits.ts';
import { reachableAddresses } from '../../../../../src/main/node/membership/own-addresses.ts';
import { createStore } from '../../../../../src/main/node/store/index.ts';
import { recordingLogger } from '../../../../helpers/router-fixture.ts';
import { temporaryFolder } from '../../../../helpers/temporary-folder.ts';

const member = new Uint8Array(32).fill(7);
const at = (host: string) => ({ host, port: 7_422 });

async function openStore(folder: string) {
  const store = createStore({ file: `${folder}/node.db`, migrations: [...contactMigrations], logger: recordingLogger() });
  await store.start();
  onTestFinished(() => store.stop());
  return store;
}

describe('addresses', () => {
  test.each(['192.168.1.20:7422', 'hub-01.local:1', '[::1]:7422', '[fe80::1%eth0]:65535'])('%s is read and written alike', (text) => {
    const address = parseAddress(text);
    expect(address && formatAddress(address)).toBe(text);
  });

  test.each(['', 'hub-01', ':7422', 'hub-01:0', 'hub-01:65536', '::1:7422', 'a b:1', 'hub-01:7422/x', '[]:1'])(
    '%s is no address',
    (text) => {
      expect(parseAddress(text)).toBeUndefined();
    },
  );

  test('a node that listens on every address is found at those of the machine, the ones of this machine alone last', () => {
    const interfaces = {
      lo: [{ address: '127.0.0.1', family: 'IPv4', internal: true }],
      eth0: [
        { address: '10.0.0.7', family: 'IPv4', internal: false },
        { address: 'fe80::1', family: 'IPv6', internal: false, scopeid: 2 },
      ],
    } as unknown as ReturnType<typeof networkInterfaces>;
    expect(reachableAddresses('0.0.0.0', 7_422, interfaces)).toEqual([at('10.0.0.7'), at('127.0.0.1')]);
    expect(reachableAddresses('10.0.0.7', 7_422, interfaces)).toEqual([at('10.0.0.7')]);
  });
});

test('contacts are bounded, put what is sure first, and are there after a restart, which counts', async () => {
  const folder = await temporaryFolder();
  const store = await openStore(folder);
  const contacts = await Contacts.load(store);
  expect(contacts.learn(member, [at('told')], 'told')).toBe(true);
  expect(contacts.learn(member, [at('told')], 'told')).toBe(false);
  expect(contacts.learn(member, [at('answered')], 'answered')).toBe(true);
  expect(contacts.addressesOf(member)).toEqual([at('answered'), at('told')]);
  expect(contacts.learn(member, [at('announced'), at('answered')], 'announced')).toBe(true);
  expect(contacts.addressesOf(member)).toEqual([at('answered'), at('announced'), at('told')]);
  contacts.learn(
    member,
    Array.from({ length: 20 }, (_, index) => at(`more-${index}`)),
    'told',
  );
  expect(contacts.addressesOf(member)).toHaveLength(membershipLimits.addresses);
  expect(contacts.learn(member, [at('one-too-many')], 'told')).toBe(false);
  contacts.proved(member, 1_000);
  await contacts.settled();

  const again = await Contacts.load(store);
  expect(again.addressesOf(member)).toEqual(contacts.addressesOf(member));
  expect([again.provenMs(member), again.epoch - contacts.epoch]).toEqual([1_000, 1]);
});
