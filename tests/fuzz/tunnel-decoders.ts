/** Everything of tunnels that reads what the other end of a link sends, with a good input each. */
import { isDeepStrictEqual } from 'node:util';
import { createLink, type LinkSocket, type LinkSocketEvents } from '../../src/main/node/tunnel/link/index.ts';
import {
  encodeFrame,
  messagesOf,
  type TunnelMessage,
  WireWriter,
  writeControl,
  writeData,
  writeWindowUpdate,
} from '../../src/main/node/tunnel/protocol/index.ts';
import type { Decoder } from './decoders.ts';

const request: TunnelMessage = {
  type: 'request',
  id: '1',
  head: {
    kind: 'http',
    method: 'POST',
    path: '/orders?line=7',
    headers: ['Host', 'press-07.example.com', 'X-Name', 'Zürich'],
    bodyBytes: 5,
    remoteAddress: '192.0.2.7',
    gatewayMicros: 41,
    expectsContinue: true,
  },
  body: Buffer.from('first'),
  end: true,
};
const response: TunnelMessage = {
  type: 'response',
  id: '1',
  head: { status: 200, headers: ['A', 'b'] },
  body: Buffer.from('body'),
  end: false,
};
const connect: TunnelMessage = {
  type: 'connect',
  agentId: 'press-07',
  token: 'T-AB12CD34',
  timestamp: 1_732_147_200_123,
  nonce: 'EBESExQVFhcYGRobHB0eHw',
  signature: 'VfmVrHAdbh3zRE5gtui3Kqz-_qeAVrhWRA36GTM8ml4',
  kind: 'tcp',
  protocolVersion: 1,
  software: 'signalbox/0.1.0',
  nodeId: 'n1',
  capabilities: ['one'],
  sessionKey: 'key',
  publicPort: 7_000,
  sealedAccess: Buffer.from('sealed'),
  linkIndex: 1,
};

/** What is read and written again is read as the same. */
function readFrame(bytes: Uint8Array): undefined {
  const messages = messagesOf(bytes);
  const again = messages.flatMap((message) => messagesOf(encodeFrame(message)));
  if (!isDeepStrictEqual(again, messages)) throw new Error('The message written again is another one.');
}

const sent: Buffer = (() => {
  const writer = new WireWriter(Buffer.alloc(512), 3);
  writeData(writer, '1', Buffer.from('a chunk'), 0, 7);
  writeWindowUpdate(writer, '1', 65_536);
  writeControl(writer, 'ping', Buffer.from('beat'));
  const envelopes = writer.bytes.subarray(3, writer.position);
  return Buffer.concat([Buffer.from([0x6a, envelopes.length]), envelopes]);
})();

/** What a link does with a frame of an end that keeps to no rule: it goes on or ends, and nothing else. */
function giveToLink(role: 'gateway' | 'agent', protocol: 'v1' | 'legacy'): (bytes: Uint8Array) => undefined {
  return (bytes) => {
    let events: LinkSocketEvents | undefined;
    const nothing = () => undefined;
    const socket: LinkSocket = {
      send: nothing,
      pause: nothing,
      resume: nothing,
      ping: nothing,
      close: nothing,
      terminate: nothing,
      listen: (given) => {
        events = given;
      },
    };
    const told = { onData: nothing, onEnd: nothing, onReset: nothing, onDrain: nothing };
    const link = createLink({ role, protocol, socket, events: { onGoAway: nothing, onEnd: nothing, onStream: () => told } });
    if (role === 'gateway' && request.type === 'request') link.open(request.head, told);
    events?.onFrame(bytes);
    events?.onFrame(bytes);
    link.close({ code: 'closed', reason: '' });
  };
}

export const tunnelDecoders: readonly Decoder[] = [
  { name: 'tunnel request', good: encodeFrame(request), decode: readFrame },
  { name: 'tunnel request, first system', good: encodeFrame(request, 'legacy'), decode: readFrame },
  { name: 'tunnel answer', good: encodeFrame(response), decode: readFrame },
  { name: 'tunnel sign-in', good: encodeFrame(connect), decode: readFrame },
  { name: 'tunnel batch', good: sent, decode: readFrame },
  { name: 'tunnel batch to a gateway', good: sent, decode: giveToLink('gateway', 'v1') },
  { name: 'tunnel answer to a gateway', good: encodeFrame(response), decode: giveToLink('gateway', 'v1') },
  { name: 'tunnel request to an agent', good: encodeFrame(request), decode: giveToLink('agent', 'v1') },
  { name: 'tunnel answer, first system', good: encodeFrame(response, 'legacy'), decode: giveToLink('gateway', 'legacy') },
  { name: 'tunnel request to an agent, first system', good: encodeFrame(request, 'legacy'), decode: giveToLink('agent', 'legacy') },
];
