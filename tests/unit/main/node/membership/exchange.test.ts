import { expect, test, vi } from 'vitest';
import type { Link } from '../../../../../src/main/node/links/index.ts';
import type { ClusterTrust } from '../../../../../src/main/node/membership/cluster-trust.ts';
import type { Contacts } from '../../../../../src/main/node/membership/contacts.ts';
import { MembershipExchange } from '../../../../../src/main/node/membership/exchange.ts';
import { encodeExchange } from '../../../../../src/main/node/membership/exchange-messages.ts';
import { membershipLimits } from '../../../../../src/main/node/membership/limits.ts';
import { recordingLogger } from '../../../../helpers/router-fixture.ts';

test('a member that sends faster than the disk takes it is let go before it fills the memory', async () => {
  const close = vi.fn();
  const link = {
    isOpen: true,
    remoteAddress: '192.0.2.7',
    peer: { hello: { publicKey: new Uint8Array(32) }, clockOffsetMs: 0 },
    close,
  } as unknown as Link;
  const trust = { accept: () => new Promise<never>(() => undefined) } as unknown as ClusterTrust;
  const exchange = new MembershipExchange({
    link,
    trust,
    contacts: {} as Contacts,
    self: new Uint8Array(32),
    ownAddresses: () => [],
    nowMs: Date.now,
    logger: recordingLogger(),
    onSameKey: () => undefined,
    onGroupKey: () => Promise.resolve(),
    onAddresses: () => undefined,
    isTrusted: () => true,
  });
  const message = encodeExchange({ type: 'page', operations: Array.from({ length: 200 }, () => 'A'.repeat(1_000)), more: false });
  const fitting = Math.floor(membershipLimits.waitingControlBytes / message.byteLength);
  for (let sent = 0; sent < fitting; sent++) exchange.take(message);
  expect(close).not.toHaveBeenCalled();
  exchange.take(message);
  expect(close).toHaveBeenCalledWith(expect.objectContaining({ code: 'OVERLOADED' }));
});
