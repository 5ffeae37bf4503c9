import { connect, createServer, type Socket } from 'node:net';

/** Which way bytes go: `in` from those who dial to the target, `out` back. */
export type Direction = 'in' | 'out';

/** A TCP proxy that does to a connection what networks do. */
export interface FaultProxy {
  readonly port: number;
  readonly url: string;
  /** Ends every connection at once, without a good-bye of MQTT. */
  cut(): void;
  /** Refuses new connections until {@link allow}; those there are end. */
  refuse(): void;
  allow(): void;
  /** Carries nothing, and says nothing: a pulled cable. In one direction only: half-open, one can be heard and does not hear. */
  stall(direction?: Direction): void;
  /** Carries again, first of all what had gathered. */
  resume(): void;
  /** Holds everything back for a while, in order; 0: no longer. */
  delay(ms: number): void;
  /** Carries so many bytes a second at most, on each connection in each direction; what does not fit waits where it comes from. */
  throttle(bytesPerSecond: number): void;
  /** Connections that were tried so far, and those that are carried now. */
  readonly tried: number;
  readonly open: number;
  /** Ends each connection in the middle of the next piece that it carries. */
  cutInside(): void;
  /** Ends it and its connections. */
  close(): void;
}

/** Opens a proxy before a port of this machine. The caller closes it. */
export async function openFaultProxy(target: number | string): Promise<FaultProxy> {
  const targetPort = typeof target === 'number' ? target : Number(new URL(target).port);
  const sockets = new Map<Socket, Direction>();
  const stalled = new Set<Direction>();
  let refusing = false;
  let delayMs = 0;
  let bytesPerSecond = Number.POSITIVE_INFINITY;
  let tried = 0;
  let breaking = new Set<Socket>();
  const carry = (from: Socket, to: Socket, chunk: Buffer) => {
    if (breaking.delete(from)) {
      to.write(chunk.subarray(0, chunk.length >> 1), () => from.resetAndDestroy());
      return;
    }
    // Timers of one length keep their order; a delay that has just ended may let later bytes overtake, so it ends the connection.
    if (delayMs > 0) setTimeout(() => to.write(chunk), delayMs);
    else to.write(chunk);
    if (bytesPerSecond === Number.POSITIVE_INFINITY) return;
    // Nothing more is read until this would have gone through.
    from.pause();
    setTimeout(() => from.resume(), (chunk.length / bytesPerSecond) * 1_000).unref();
  };
  const server = createServer((inner) => {
    tried++;
    if (refusing) {
      inner.destroy();
      return;
    }
    const outer = connect(targetPort, '127.0.0.1');
    for (const [from, to, direction] of [
      [inner, outer, 'in'],
      [outer, inner, 'out'],
    ] as const) {
      sockets.set(from, direction);
      from.setNoDelay(true);
      from.on('data', (chunk) => carry(from, to, chunk));
      from.on('error', () => undefined);
      from.on('close', () => {
        sockets.delete(from);
        breaking.delete(from);
        to.destroy();
      });
      if (stalled.has(direction)) from.pause();
    }
  });
  const cut = () => {
    for (const socket of sockets.keys()) socket.resetAndDestroy();
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    port,
    url: `mqtt://127.0.0.1:${port}`,
    cut,
    refuse: () => {
      refusing = true;
      cut();
    },
    allow: () => {
      refusing = false;
    },
    stall: (only) => {
      for (const direction of only === undefined ? (['in', 'out'] as const) : [only]) stalled.add(direction);
      for (const [socket, direction] of sockets) if (stalled.has(direction)) socket.pause();
    },
    resume: () => {
      stalled.clear();
      for (const socket of sockets.keys()) socket.resume();
    },
    delay: (ms) => {
      if (delayMs > 0 && ms < delayMs) cut();
      delayMs = ms;
    },
    throttle: (bytes) => {
      bytesPerSecond = bytes;
    },
    get tried() {
      return tried;
    },
    get open() {
      return sockets.size / 2;
    },
    cutInside: () => {
      breaking = new Set(sockets.keys());
    },
    close: () => {
      cut();
      server.close();
    },
  };
}
