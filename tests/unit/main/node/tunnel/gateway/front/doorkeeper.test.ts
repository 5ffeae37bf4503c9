import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { Doorkeeper } from '../../../../../../../src/main/node/tunnel/gateway/front/doorkeeper.ts';
import { FrontContext } from '../../../../../../../src/main/node/tunnel/gateway/front/front-context.ts';
import { defaultFrontLimits } from '../../../../../../../src/main/node/tunnel/gateway/front/front-limits.ts';
import { PretendedAgents } from '../../../../../../helpers/pretended-agents.ts';

let nextPort = 1_024;

class PretendedSocket extends EventEmitter {
  readonly remotePort = nextPort++;
  readonly remoteAddress: string;
  destroyed = false;

  constructor(remoteAddress: string) {
    super();
    this.remoteAddress = remoteAddress;
  }

  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

function setUp() {
  const limits = { ...defaultFrontLimits, connections: 4, connectionsPerAddress: 2 };
  const context = new FrontContext({ limits, directory: new PretendedAgents(), via: 'test', onFault: () => undefined });
  const doorkeeper = new Doorkeeper(context);
  const admit = (address: string) => {
    const socket = new PretendedSocket(address);
    return { socket, admitted: doorkeeper.admit(socket as unknown as Socket, true) };
  };
  return { context, doorkeeper, admit };
}

test('row 4: one network has its share, and others still find room', () => {
  const { context, doorkeeper, admit } = setUp();
  const first = admit('2001:db8::1');
  expect([admit('2001:db8::2').admitted, admit('2001:db8::3').admitted]).toEqual([true, false]);
  expect([admit('192.0.2.1').admitted, admit('::ffff:192.0.2.2').admitted, admit('192.0.2.3').admitted]).toEqual([true, true, false]);
  expect(context.refusals.byReason).toEqual({ 'connections-per-address': 1, connections: 1 });
  first.socket.destroy();
  expect(doorkeeper.connections).toBe(3);
  expect(admit('2001:db8::4').admitted).toBe(true);
});

test('row 3: who does not come to the point is closed, who has is not', () => {
  const { context, doorkeeper, admit } = setUp();
  const [silent, asked] = [admit('192.0.2.1').socket, admit('192.0.2.2').socket];
  doorkeeper.settle(asked as unknown as Socket);
  context.sweep(performance.now() + defaultFrontLimits.headMs - 1_000);
  expect(silent.destroyed).toBe(false);
  context.sweep(performance.now() + defaultFrontLimits.headMs);
  expect([silent.destroyed, asked.destroyed]).toEqual([true, false]);
  expect(context.refusals.byReason).toEqual({ 'slow-head': 1 });
  expect(doorkeeper.connections).toBe(1);
});
