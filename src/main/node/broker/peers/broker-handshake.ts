/** The proof of who is at both ends of a connection between brokers, bound to that connection as on links (security.md 2.4). */
import { randomBytes } from 'node:crypto';
import { SignalboxError } from '../../../../common/errors.ts';
import { decodeProof, encodeProof, encodeRefusal, type PeerChannel } from '../../links/index.ts';
import { brokerExporterLabel, type Handshake, helloDigest } from '../../trust/session/index.ts';
import type { BrokerId } from '../core/types.ts';
import { decodeClaim, decodeHello, encodeClaim, encodeHello, type SentHello } from './broker-hello.ts';
import type { PeerTrust, ProvenNode } from './peer-trust.ts';
import type { BrokerHello, PeerBroker } from './types.ts';

const nonceBytes = 32;

/** This broker, and what it asks about others. */
export interface BrokerParty {
  readonly trust: PeerTrust;
  /** Asked at each handshake. */
  readonly describe: () => BrokerHello;
  /**
   * Whether a broker of this node is the one that was known by its id; remembers it durably when it is.
   *
   * @throws SignalboxError `REPLAYED` for a copy of a broker or an old disk of one, `CONFLICT` when another node has the id
   */
  readonly recognise: (peer: PeerBroker) => Promise<void>;
  /** The other side, proven, says that this broker is a copy or an old disk of another. */
  readonly onRenounced: (by: ProvenNode, reason: SignalboxError) => void;
}

/**
 * Proves itself to the broker that was dialled.
 *
 * @param wanted the broker that is meant; null: whichever answers
 * @throws SignalboxError `BAD_SIGNATURE`, `CHANNEL_BINDING`, `SELF`, `WRONG_CLUSTER`, `KEY_WEAK`, `NOT_MEMBER`, `REVOKED`, `REPLAYED`,
 *   `CONFLICT`, `PIN` when another broker answers, `VERSION`, `INVALID_PARAMS`, `NODE_LOST`; also as the other side refused
 */
export function proveAsClient(channel: PeerChannel, party: BrokerParty, wanted: BrokerId | null): Promise<PeerBroker> {
  return orRefuse(channel, async () => {
    const { trust } = party;
    const clientHello = encodeClaim(await trust.self(), randomBytes(nonceBytes));
    channel.send(clientHello);
    const serverHello = await channel.receive();
    const claim = decodeClaim(serverHello);
    const handshake = bind(channel, clientHello, serverHello);
    const node = await trust.verify('S', decodeProof(await channel.receive()), handshake, claim);
    channel.send(encodeProof(await trust.prove('C', handshake)));
    channel.send(encodeHello({ hello: party.describe(), wanted }));
    return introduce(channel, party, node, wanted);
  });
}

/** The same at the other end. @throws SignalboxError as {@link proveAsClient} */
export function proveAsServer(channel: PeerChannel, party: BrokerParty): Promise<PeerBroker> {
  return orRefuse(channel, async () => {
    const { trust } = party;
    const clientHello = await channel.receive();
    const claim = decodeClaim(clientHello);
    const serverHello = encodeClaim(await trust.self(), randomBytes(nonceBytes));
    const handshake = bind(channel, clientHello, serverHello);
    channel.send(serverHello);
    channel.send(encodeProof(await trust.prove('S', handshake)));
    const node = await trust.verify('C', decodeProof(await channel.receive()), handshake, claim);
    const peer = await introduce(channel, party, node, null);
    channel.send(encodeHello({ hello: party.describe(), wanted: null }));
    return peer;
  });
}

function bind(channel: PeerChannel, clientHello: Buffer, serverHello: Buffer): Handshake {
  const hellos = { clientHello, serverHello };
  return { ...hellos, channelBinding: channel.exportSecret(brokerExporterLabel, helloDigest(hellos)) };
}

/** Which broker the proven node runs. A stranger never gets as far as to be told of brokers and groups. */
async function introduce(channel: PeerChannel, party: BrokerParty, node: ProvenNode, wanted: BrokerId | null): Promise<PeerBroker> {
  const frame = await channel.receive();
  const { hello, wanted: meant } = heard(frame, node, party);
  const self = party.describe();
  // An address may have passed to another broker; a connection to the one that has it now is another matter.
  if (wanted !== null && wanted !== hello.brokerId) throw anotherBroker(hello.brokerId, wanted);
  if (meant !== null && meant !== self.brokerId) throw anotherBroker(self.brokerId, meant);
  const remoteAddress = plainAddress(channel.remoteAddress);
  const peer: PeerBroker = { ...hello, ...node, host: hello.host ?? remoteAddress, saysHost: hello.host !== null, remoteAddress };
  if (peer.brokerId === self.brokerId)
    throw new SignalboxError(
      'REPLAYED',
      `The broker ${peer.brokerId} runs on two nodes; the other is ${node.name} (${node.nodeId}). Stop the one whose data is a copy.`,
    );
  await party.recognise(peer);
  return peer;
}

function anotherBroker(answers: BrokerId, wanted: BrokerId): SignalboxError {
  return new SignalboxError('PIN', `The broker ${answers} answers at the address of ${wanted}. Look where ${wanted} listens now.`, {
    executed: 'no',
  });
}

/** An IPv4 address that came over an IPv6 socket is written as IPv4. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

function heard(frame: Buffer, node: ProvenNode, { onRenounced }: BrokerParty): SentHello {
  try {
    return decodeHello(frame);
  } catch (error) {
    if (error instanceof SignalboxError && error.code === 'REPLAYED') onRenounced(node, error);
    throw error;
  }
}

/** What this side refuses, the other is told in so many words before the connection ends. */
async function orRefuse<T>(channel: PeerChannel, prove: () => Promise<T>): Promise<T> {
  try {
    return await prove();
  } catch (error) {
    const refusal =
      error instanceof SignalboxError ? error : new SignalboxError('INTERNAL', 'The connection between brokers failed.', { cause: error });
    if (channel.ended === undefined) channel.send(encodeRefusal(refusal));
    channel.end(refusal);
    throw refusal;
  }
}
