/** What people do through a tunnel, beside small requests: each by one connection of this process. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { median } from '../harness.ts';
import { bulkPath, eventsPath, mebibyte, type Origin, uploadPath } from './origin.ts';
import type { TunnelSystem } from './systems.ts';

const headEnd = Buffer.from('\r\n\r\n');
const piece = Buffer.alloc(64 * 1_024, 'u');
const slowBytesPerSecond = mebibyte;
const slowStepMs = 50;
const events = 100;
/** Nothing here takes so long, unless an end of a tunnel has died. */
const limitMs = 60_000;
const warmEchoes = 200;
const echoes = 500;

/** Takes a large answer whole. @returns MiB a second */
export async function download(system: TunnelSystem, mebibytes: number): Promise<number> {
  const fromMs = performance.now();
  const reader = new Reader(system, `${bulkPath}?${mebibytes}`);
  await reader.until(mebibytes * mebibyte);
  reader.close();
  return (mebibytes * 1_000) / (performance.now() - fromMs);
}

/** Sends a large body; it has arrived when the service has said how long it is. @returns MiB a second */
export async function upload(system: TunnelSystem, mebibytes: number): Promise<number> {
  const sizeBytes = mebibytes * mebibyte;
  const fromMs = performance.now();
  const socket = await open(system, `POST ${uploadPath}`, [`Content-Length: ${sizeBytes}`]);
  let text = '';
  const answer = new Promise<void>((resolve, reject) => {
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (text.includes(`${sizeBytes}`)) resolve();
    });
    socket.once('close', () => reject(new Error(`an upload through ${system.name} was cut: ${text.slice(0, 200)}`)));
  });
  for (let left = sizeBytes; left > 0; left -= piece.length) {
    if (!socket.write(left < piece.length ? piece.subarray(0, left) : piece))
      await within(Promise.race([once(socket, 'drain'), answer]), system.name);
  }
  await within(answer, system.name);
  socket.destroy();
  return (mebibytes * 1_000) / (performance.now() - fromMs);
}

/** Reads 1 GiB at 1 MiB/s for so long, then goes away. @returns bytes that the service has got rid of and the client has not read, MiB */
export async function readSlowly(system: TunnelSystem, origin: Origin, seconds: number): Promise<number> {
  const reader = new Reader(system, `${bulkPath}?1024`);
  const fromMs = performance.now();
  let aheadMb = 0;
  while (performance.now() - fromMs < seconds * 1_000) {
    const due = ((performance.now() - fromMs) * slowBytesPerSecond) / 1_000;
    if (reader.readBytes < due) reader.resume();
    else reader.pause();
    await pause(slowStepMs);
    aheadMb = ((await origin.figures()).sentBytes - reader.readBytes) / mebibyte;
  }
  reader.close();
  return aheadMb;
}

/** A client that asked for something large, and reads it or not. */
export class Reader {
  readBytes = 0;
  #headBytes = 0;
  #wantedBytes = Number.POSITIVE_INFINITY;
  #reached: () => void = () => undefined;
  #failed: (error: Error) => void = (error) => {
    this.#error = error;
  };
  #error: Error | undefined;
  #socket: Socket | undefined;
  #closed = false;
  readonly #name: string;

  constructor(system: TunnelSystem, path: string) {
    this.#name = system.name;
    open(system, `GET ${path}`).then(
      (socket) => {
        this.#socket = socket;
        if (this.#closed) socket.destroy();
        socket.on('data', (chunk: Buffer) => this.#take(chunk));
        socket.once('close', () => this.#failed(new Error(`a download through ${this.#name} was cut at ${this.readBytes} bytes`)));
      },
      (error: Error) => this.#failed(error),
    );
  }

  /** Resolves when so many bytes of the body are here. */
  async until(sizeBytes: number): Promise<void> {
    const reached = new Promise<void>((resolve, reject) => {
      this.#wantedBytes = sizeBytes;
      this.#reached = resolve;
      this.#failed = reject;
      if (this.#error !== undefined) reject(this.#error);
      else if (this.readBytes >= sizeBytes) resolve();
    });
    await within(reached, this.#name);
  }

  pause(): void {
    this.#socket?.pause();
  }

  resume(): void {
    this.#socket?.resume();
  }

  close(): void {
    this.#closed = true;
    this.#socket?.destroy();
  }

  #take(chunk: Buffer): void {
    if (this.#headBytes === 0) {
      const end = chunk.indexOf(headEnd);
      if (end === -1 || !/^HTTP\/1\.1 200 /.test(chunk.toString('latin1', 0, 32))) {
        this.#failed(new Error(`unexpected answer of ${this.#name}: ${chunk.toString('latin1', 0, 200)}`));
        return;
      }
      this.#headBytes = end + headEnd.length;
      this.readBytes = chunk.length - this.#headBytes;
    } else this.readBytes += chunk.length;
    if (this.readBytes >= this.#wantedBytes) this.#reached();
  }
}

/** Goes away in the middle of an answer. @returns until the service knew of it, ms; at most `limitMs` */
export async function abortDownload(system: TunnelSystem, origin: Origin, limitMs: number): Promise<number> {
  const reader = new Reader(system, `${bulkPath}?1024`);
  await reader.until(4 * mebibyte);
  reader.close();
  const fromMs = Date.now();
  while (Date.now() - fromMs < limitMs) {
    const { abortedAtMs } = await origin.figures();
    if (abortedAtMs !== undefined) return Math.max(0, abortedAtMs - fromMs);
    await pause(5);
  }
  return limitMs;
}

/** @returns from the service's writing of a Server-Sent Event to its being read, ms: the median */
export async function eventLag(system: TunnelSystem): Promise<number> {
  const socket = await open(system, `GET ${eventsPath}`);
  const lags: number[] = [];
  await new Promise<void>((resolve, reject) => {
    socket.on('data', (chunk: Buffer) => {
      const now = process.hrtime.bigint();
      for (const [, sent] of chunk.toString('latin1').matchAll(/data: (\d+)/g)) lags.push(Number(now - BigInt(sent ?? 0)) / 1e6);
      if (lags.length >= events) resolve();
    });
    socket.once('close', () => reject(new Error(`a stream of events through ${system.name} was cut`)));
  });
  socket.destroy();
  return median(lags);
}

/** @returns of a message through a WebSocket and back, ms: the median */
export async function webSocketRoundTrip(system: TunnelSystem): Promise<number> {
  const socket = new WebSocket(`ws://127.0.0.1:${system.publicPort}/echo`, { perMessageDeflate: false, headers: { Host: system.host } });
  await once(socket, 'open');
  const times: number[] = [];
  for (let index = 0; index < warmEchoes + echoes; index++) {
    const fromMs = performance.now();
    const answer = once(socket, 'message');
    socket.send('ping');
    await answer;
    if (index >= warmEchoes) times.push(performance.now() - fromMs);
  }
  socket.terminate();
  return median(times);
}

async function open({ publicPort, host }: TunnelSystem, start: string, headers: readonly string[] = []): Promise<Socket> {
  const socket = connect({ port: publicPort, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  // Whoever waits for something of this connection hears of its end.
  socket.on('error', () => socket.destroy());
  socket.write(`${[`${start} HTTP/1.1`, `Host: ${host}`, 'Accept: */*', ...headers].join('\r\n')}\r\n\r\n`);
  return socket;
}

async function within(done: Promise<unknown>, name: string): Promise<void> {
  const stop = new AbortController();
  const late = pause(limitMs, undefined, { signal: stop.signal }).then(
    () => Promise.reject(new Error(`nothing comes through ${name} any more`)),
    () => undefined,
  );
  try {
    await Promise.race([done, late]);
  } finally {
    stop.abort();
  }
}
