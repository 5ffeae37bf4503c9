import { connect, type TLSSocket } from 'node:tls';
import { SignalboxError } from '../../../common/errors.ts';
import { type HandshakeParty, shakeHandsAsClient } from './handshake.ts';
import type { LinkLimits } from './limits.ts';
import { Link } from './link.ts';
import { linkProtocol, PeerChannel } from './peer-channel.ts';

/** Where a node is looked for. */
export interface DialAddress {
  readonly host: string;
  readonly port: number;
  /** The key of the node that is meant; undefined when the address alone is known. */
  readonly publicKey?: Uint8Array | undefined;
}

/**
 * Connects to a node and proves itself to it.
 *
 * @throws SignalboxError `NODE_UNREACHABLE` (nobody answers, no TLS 1.3, no link protocol), `TIMEOUT`, and as the handshake
 */
export function dialLink(address: DialAddress, party: HandshakeParty, limits: LinkLimits, signal?: AbortSignal): Promise<Link> {
  return overChannel(address, { protocol: linkProtocol, timeMs: limits.handshakeMs, limits, signal }, async (channel) => {
    const peer = await shakeHandsAsClient(channel, party, address.publicKey);
    return new Link(channel, peer, { dialled: true, limits });
  });
}

/** How a connection is opened. */
export interface ChannelTerms {
  /** ALPN name of what is spoken. */
  readonly protocol: string;
  /** Time for connecting and the work together. */
  readonly timeMs: number;
  readonly limits: Pick<LinkLimits, 'handshakeFrameBytes'>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens a TLS connection and works on it, all within one time, unless the other side says that a person is to decide.
 *
 * @param work `extend` gives it so many milliseconds more from then on
 * @throws SignalboxError `NODE_UNREACHABLE`, `TIMEOUT`, `CANCELLED`, and what the work throws
 */
export async function overChannel<T>(
  { host, port }: DialAddress,
  { protocol, timeMs, limits, signal }: ChannelTerms,
  work: (channel: PeerChannel, extend: (ms: number) => void) => Promise<T>,
): Promise<T> {
  // The certificate says nothing: who is at the other end is proven inside, bound to this very connection.
  const socket = connect({ host, port, minVersion: 'TLSv1.3', ALPNProtocols: [protocol], rejectUnauthorized: false });
  const channel = new PeerChannel(socket, limits.handshakeFrameBytes);
  const where = `${host}:${port}`;
  const late = new SignalboxError('TIMEOUT', `The node at ${where} did not prove who it is within ${timeMs / 1_000} s.`);
  let timer = setTimeout(() => channel.end(late), timeMs).unref();
  const extend = (ms: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => channel.end(late), ms).unref();
  };
  const cancel = () => channel.end(new SignalboxError('CANCELLED', `Dialling ${where} was given up.`, { executed: 'no' }));
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    if (signal?.aborted === true) cancel();
    await secured(socket, channel, protocol, where);
    return await work(channel, extend);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', cancel);
  }
}

function secured(socket: TLSSocket, channel: PeerChannel, protocol: string, where: string): Promise<void> {
  return new Promise((resolve, reject) => {
    channel.onEnd((reason) => {
      if (reason.code !== 'NODE_LOST') reject(reason);
      else reject(new SignalboxError('NODE_UNREACHABLE', `No node answers at ${where}: ${reason.message}`, { executed: 'no' }));
    });
    socket.once('secureConnect', () => {
      if (socket.alpnProtocol === protocol) resolve();
      else channel.end(new SignalboxError('NODE_UNREACHABLE', `What answers at ${where} is no Signalbox node.`, { executed: 'no' }));
    });
  });
}
