import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { type LocalAddress, localAddresses, onLink } from './interfaces.ts';
import { discoveryLimits } from './limits.ts';

/** Group and port of multicast DNS (RFC 6762). */
const group = '224.0.0.251';
const port = 5_353;
/** What RFC 6762 section 11 asks for; routers pass none of it on. */
const hops = 255;

export interface MulticastListener {
  /** @param host address of this network that it came from */
  readonly packet: (packet: Buffer, host: string) => void;
  /** There is another network, or one less. */
  readonly networksChanged: () => void;
  /** Nothing is heard any more. */
  readonly failed: (error: Error) => void;
}

/**
 * Multicast DNS on every network of this machine. The library of that name sends by one interface, the one that the default route
 * names: on an isolated network there is none, and with two cables the other is never asked. So one socket hears all of them, and
 * one for each address sends by its own.
 */
export class MulticastSockets {
  readonly #listener: MulticastListener;
  readonly #senders = new Map<string, Socket>();
  readonly #sending = new Set<Promise<void>>();
  #receiver: Socket | undefined;
  #isOnLink: (host: string) => boolean = () => false;
  #following = false;

  constructor(listener: MulticastListener) {
    this.#listener = listener;
  }

  /** Addresses by which it sends. */
  get addresses(): readonly string[] {
    return [...this.#senders.keys()];
  }

  /** @throws Error of the system when the port of multicast DNS cannot be shared */
  async open(): Promise<void> {
    const receiver = createSocket({ type: 'udp4', reuseAddr: true });
    this.#receiver = receiver;
    receiver.on('message', (packet, { address }: RemoteInfo) => {
      if (this.#isOnLink(address)) this.#listener.packet(packet, address);
    });
    await bind(receiver, '0.0.0.0');
    receiver.setRecvBufferSize(discoveryLimits.receiveBufferBytes);
    receiver.on('error', (error) => this.#listener.failed(error));
    await this.follow();
  }

  /** Follows the networks of the machine: a cable, a radio or an address came or went. */
  async follow(): Promise<void> {
    if (this.#following || this.#receiver === undefined) return;
    this.#following = true;
    const present = localAddresses();
    this.#isOnLink = onLink(present);
    let changed = false;
    for (const address of this.#senders.keys()) {
      if (present.some((known) => known.address === address)) continue;
      this.#leave(address);
      changed = true;
    }
    for (const { address } of present) if (!this.#senders.has(address) && (await this.#join(address))) changed = true;
    this.#following = false;
    if (changed) this.#listener.networksChanged();
  }

  /** Sends by the network of one of {@link addresses}. What is lost is asked for or told again. */
  send(packet: Buffer, address: string): void {
    const sender = this.#senders.get(address);
    if (sender === undefined) return;
    const sent = new Promise<void>((resolve) => {
      sender.send(packet, port, group, (error) => {
        // An address that went away; the networks are looked at again soon.
        if (error !== null && this.#senders.get(address) === sender) this.#leave(address);
        resolve();
      });
    });
    this.#sending.add(sent);
    void sent.then(() => this.#sending.delete(sent));
  }

  /** Sends what was handed over, and closes. */
  async close(): Promise<void> {
    const [receiver, senders] = [this.#receiver, [...this.#senders.values()]];
    this.#receiver = undefined;
    this.#senders.clear();
    receiver?.close();
    await Promise.all(this.#sending);
    for (const sender of senders) sender.close();
  }

  /** @returns whether it could be joined; a network that is only just there is tried again */
  async #join(address: LocalAddress['address']): Promise<boolean> {
    const sender = createSocket({ type: 'udp4', reuseAddr: true });
    try {
      await bind(sender, address);
      sender.setMulticastInterface(address);
      sender.setMulticastTTL(hops);
      sender.on('error', () => this.#leave(address));
      this.#addMembership(address);
    } catch {
      sender.close();
      return false;
    }
    // It was closed meanwhile.
    if (this.#receiver === undefined) sender.close();
    else this.#senders.set(address, sender);
    return this.#receiver !== undefined;
  }

  #addMembership(address: string): void {
    try {
      this.#receiver?.addMembership(group, address);
    } catch (error) {
      // A second address of the same interface: the group is joined already.
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }

  #leave(address: string): void {
    this.#senders.get(address)?.close();
    this.#senders.delete(address);
    try {
      this.#receiver?.dropMembership(group, address);
    } catch {
      // The system has dropped it with the address.
    }
  }
}

function bind(socket: Socket, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind({ port, address }, () => {
      socket.off('error', reject);
      resolve();
    });
  });
}
