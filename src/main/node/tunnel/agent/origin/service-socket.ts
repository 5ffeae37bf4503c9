import { connect, type Socket } from 'node:net';

/** Most that comes with one read. */
const roomBytes = 65_536;
/** All sockets of a thread read into it in turn: a read, and all that is done with it, is over before the next begins. */
const room = Buffer.allocUnsafeSlow(roomBytes);

/**
 * A connection to a local service that is read without a buffer for each read: those are 64 KiB large, and wait by the hundred for the
 * collector while something large comes down.
 */
export class ServiceSocket {
  readonly socket: Socket;
  #take: (lent: Buffer) => void = () => undefined;

  /** @param address a checked IP address */
  constructor(address: string, port: number) {
    const callback = (sizeBytes: number): boolean => {
      this.#take(room.subarray(0, sizeBytes));
      return true;
    };
    this.socket = connect({
      ...{ host: address, port, noDelay: true, keepAlive: true, allowHalfOpen: true },
      onread: { buffer: room, callback },
    });
    // Until somebody takes what comes.
    this.socket.pause();
  }

  /**
   * Whoever takes what the service says from now on; the socket reads while it is not paused.
   *
   * @param take is lent the bytes until it returns; what it keeps it must copy
   */
  onData(take: (lent: Buffer) => void): void {
    this.#take = take;
  }
}
