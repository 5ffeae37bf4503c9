import type { TFunction } from 'i18next';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { Role } from '../../../../src/common/roles.ts';
import type { Action } from '../../../../src/renderer/app/actions/registry.ts';
import { chain, entry } from '../ledger/samples.ts';
import { peer } from '../nodes/peer-samples.ts';

type PeerActs = typeof import('../../../../src/renderer/features/nodes/peers/peer-actions.ts');
type LedgerActs = typeof import('../../../../src/renderer/features/ledger/ledger-actions.ts');

let peers: PeerActs;
let ledger: LedgerActs;

beforeAll(async () => {
  vi.stubGlobal('location', { hash: '', href: 'app://ui/' });
  vi.stubGlobal('window', { addEventListener: () => undefined });
  peers = await import('../../../../src/renderer/features/nodes/peers/peer-actions.ts');
  ledger = await import('../../../../src/renderer/features/ledger/ledger-actions.ts');
});

const key = (name: string) => name;
const rightsOf = (role: Role, connected = true) => ({ roles: [role], connected });
const possible = (actions: readonly Action[]) => actions.filter(({ enabled }) => enabled !== false).map(({ id }) => id);

const onPeer = (role: Role, connected = true) => {
  const context = { t: key as TFunction<'peers'>, rights: rightsOf(role, connected), refresh: () => undefined };
  const { queued } = peer('none');
  const busy = peer('press-07', { queued: { ...queued, Low: { messages: 3, sizeBytes: 300, oldestMs: 5 } } });
  return possible(peers.peerActions(context, busy));
};
const onLedger = (role: Role) => {
  const context = { t: key as TFunction<'ledger'>, rights: rightsOf(role), ownId: undefined };
  return [
    ...possible(ledger.chainActions(context, chain('press-07', { state: 'damaged' }))),
    ...possible(ledger.entryActions(context, entry(5))),
  ];
};

describe('what a person may do', () => {
  test('a viewer looks at peers and changes nothing; an operator acts on them', () => {
    expect(onPeer('viewer')).toEqual(['peers.node']);
    expect(onPeer('operator')).toEqual(['peers.probe', 'peers.keep', 'peers.node', 'peers.discard.Low', 'peers.remove']);
  });

  test('nobody acts while the console has lost its node', () => {
    expect(onPeer('admin', false)).toEqual(['peers.node']);
  });

  test('a viewer verifies and compares the ledger; what leaves or changes it needs more', () => {
    const forAll = ['ledger.verifyAll', 'ledger.verify', 'ledger.compare', 'ledger.node', 'ledger.object'];
    expect(onLedger('viewer')).toEqual(forAll);
    expect(onLedger('operator')).toEqual(expect.arrayContaining(['ledger.confirm', 'ledger.export']));
    expect(onLedger('operator')).not.toContain('ledger.repair');
    expect(onLedger('admin')).toContain('ledger.repair');
  });
});
