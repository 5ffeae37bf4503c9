import { expect, it } from 'vitest';
import type { CarrierKind } from '../../../../../src/common/contract/nodes.ts';
import type { Carrier } from '../../../../../src/main/node/federation/carriers/carrier.ts';
import { Reach } from '../../../../../src/main/node/federation/carriers/reach.ts';
import { WayCircuits } from '../../../../../src/main/node/federation/carriers/way-circuits.ts';
import { NodeDirectory } from '../../../../../src/main/node/federation/node-directory.ts';
import type { Outgoing } from '../../../../../src/main/node/federation/outgoing.ts';
import { FederationPeerTransport } from '../../../../../src/main/node/federation/peer-transport.ts';
import { presenceSchema } from '../../../../../src/main/node/federation/presence-message.ts';
import type { MemberTraffic } from '../../../../../src/main/node/federation/secure/index.ts';
import { NodeMessages } from '../../../../../src/main/node/federation/secure/node-messages.ts';
import { recordingLogger } from '../../../../helpers/router-fixture.ts';

/** A node that is linked, reached over the broker and through another, as the federation tells its transport. */
function setUp(otherRelays = 0) {
  let others = otherRelays;
  const directory = new NodeDirectory(() => 1_000);
  const circuits = new WayCircuits({ logger: recordingLogger(), monotonicMs: () => 0 });
  const reach = new Reach(circuits);
  for (const kind of ['link', 'mqtt', 'relay'] as const) {
    const carrier: Carrier = { kind, reaches: (id) => directory.isOpen(id, kind), isCongested: () => false, send: () => true };
    reach.add(carrier);
  }
  const transport = new FederationPeerTransport({
    directory,
    reach,
    members: { messages: new NodeMessages() } as unknown as MemberTraffic,
    outgoing: {} as Outgoing,
    routeTo: () => undefined,
    avoidRoute: () => others-- > 0,
    isMember: () => true,
    acceptsUnsigned: () => false,
    roleOf: () => 'operator',
    measureClock: () => undefined,
  });
  const presence = presenceSchema.parse({ serviceId: 'n1a', status: 'online', epoch: 1, instance: 'x' });
  const announce = (kind: CarrierKind) => directory.apply(presence, kind, { signed: true });
  for (const kind of ['link', 'mqtt', 'relay'] as const) announce(kind);
  const open = (kind: CarrierKind) => {
    for (let time = 0; time < 5; time++) transport.failed('n1a', kind);
  };
  const circuitOf = (kind: CarrierKind) => transport.ways('n1a').find((way) => way.kind === kind)?.circuit;
  return { directory, announce, open, circuitOf, circuits };
}

it('uses a link that is new at once, though the one before it brought nothing there', () => {
  const { directory, announce, open, circuitOf } = setUp();
  open('link');
  expect(circuitOf('link')).toBe('open');
  directory.unreached('n1a', 'link', 'it ended');
  announce('link');
  expect(circuitOf('link')).toBe('closed');
});

it('does not try a relay again because it says anew that it leads there', () => {
  const { directory, announce, open, circuitOf } = setUp();
  open('relay');
  directory.unreached('n1a', 'relay', 'it was withdrawn');
  announce('relay');
  expect(circuitOf('relay')).toBe('open');
});

it('keeps nothing of ways to a node that is gone', () => {
  const { directory, open, circuits } = setUp();
  open('link');
  open('mqtt');
  directory.forget('n1a', 'it was removed');
  expect(circuits.open).toBe(0);
});

it('goes through another neighbour when one swallows what it is to pass on, until none is left', () => {
  const { open, circuitOf, circuits } = setUp(1);
  open('relay');
  expect([circuitOf('relay'), circuits.open]).toEqual(['closed', 0]);
  open('relay');
  expect([circuitOf('relay'), circuits.open]).toEqual(['open', 1]);
});
