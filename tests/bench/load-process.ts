/** The other process of a benchmark: makes calls, or counts what a room of subscribers gets. Told what to do over IPC. */
import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { median } from './harness.ts';
import { frameReader, maskedFrame, openRaw } from './raw-web-socket.ts';

export interface CallLoad {
  readonly kind: 'calls';
  readonly port: number;
  readonly path: string;
  readonly protocol?: string;
  readonly inFlight: number;
  readonly seconds: number;
  /** The text of a request; `@ID@` becomes its id. Without it, answers come in order. */
  readonly request: string;
  /** Must be in the first answer. */
  readonly expect: string;
}

export interface CallLoadResult {
  readonly perSecond: number;
  readonly p50Us: number;
}

export interface SinkLoad {
  readonly kind: 'sink';
  readonly port: number;
  readonly path: string;
  readonly protocol?: string;
  readonly subscribers: number;
  /** Texts each subscriber sends after the handshake; after each it waits for one frame. */
  readonly hello: readonly string[];
  /** Frames that come before the hello. */
  readonly greetings: number;
  /** Counts every event, and what is said to be lost, instead of looking for the marker alone. */
  readonly counted?: boolean;
}

/** What all subscribers together got of a set; zeros when nobody counts. */
export interface SetReceived {
  readonly delivered: number;
  /** As the events themselves say. */
  readonly dropped: number;
}

export type LoadOrder = CallLoad | SinkLoad | { readonly kind: 'close' };

/** The last event of a set carries this text; nothing else does. */
export const marker = '@@@@';
const markerBytes = Buffer.from(marker);
const idPlace = '@ID@';
const idKey = Buffer.from('"requestid":"');
const quote = 34;
/** Once in each event. */
const seqKey = Buffer.from('"seq":');
const droppedKey = Buffer.from('"dropped":');

async function calls(load: CallLoad): Promise<CallLoadResult> {
  const socket = await openRaw(load.port, load.path, load.protocol);
  const ordered = !load.request.includes(idPlace);
  const frames = Array.from({ length: load.inFlight }, (_, slot) => maskedFrame(load.request.replaceAll(idPlace, `r${slot}`)));
  const sentAt = new Float64Array(load.inFlight);
  const latencies: number[] = [];
  let done = 0;
  let nextInOrder = 0;
  let out: Buffer[] = [];
  let running = true;
  let measuring = false;
  let checked = false;
  const slotOf = (payload: Buffer): number => {
    if (ordered) return nextInOrder++ % load.inFlight;
    const start = payload.indexOf(idKey) + idKey.length;
    return Number(payload.toString('latin1', start + 1, payload.indexOf(quote, start)));
  };
  const read = frameReader((payload) => {
    if (!checked) {
      if (!payload.includes(load.expect)) throw new Error(`unexpected answer: ${payload.toString('utf8').slice(0, 300)}`);
      checked = true;
    }
    const slot = slotOf(payload);
    const now = performance.now();
    done++;
    if (measuring && load.inFlight === 1) latencies.push(now - (sentAt[slot] as number));
    if (!running) return;
    sentAt[slot] = now;
    out.push(frames[slot] as Buffer);
  });
  socket.on('data', (chunk: Buffer) => {
    read(chunk);
    if (out.length === 0) return;
    socket.write(out.length === 1 ? (out[0] as Buffer) : Buffer.concat(out));
    out = [];
  });
  socket.resume();
  const start = performance.now();
  frames.forEach((_, slot) => {
    sentAt[slot] = start;
  });
  socket.write(Buffer.concat(frames));
  await pause(Math.min(500, load.seconds * 300));
  const doneBefore = done;
  const measuredFrom = performance.now();
  measuring = true;
  await pause(load.seconds * 1_000);
  const elapsedMs = performance.now() - measuredFrom;
  const counted = done - doneBefore;
  running = false;
  socket.destroy();
  return { perSecond: (counted * 1_000) / elapsedMs, p50Us: latencies.length === 0 ? Number.NaN : median(latencies) * 1_000 };
}

async function sink(load: SinkLoad): Promise<Socket[]> {
  const sockets: Socket[] = [];
  let marked = 0;
  let set = { delivered: 0, dropped: 0 };
  const hasMarker = () => {
    if (++marked < load.subscribers) return;
    marked = 0;
    const result: SetReceived = set;
    set = { delivered: 0, dropped: 0 };
    process.send?.({ kind: 'set-received', result });
  };
  for (let index = 0; index < load.subscribers; index++) {
    const socket = await openRaw(load.port, load.path, load.protocol);
    await greet(socket, load);
    if (load.counted === true) {
      const read = frameReader((payload) => {
        set.delivered += countOf(payload, seqKey);
        set.dropped += numbersAfter(payload, droppedKey);
        if (payload.includes(markerBytes)) hasMarker();
      });
      socket.on('data', read);
    } else socket.on('data', markerWatch(hasMarker));
    socket.resume();
    sockets.push(socket);
  }
  return sockets;
}

/** Looks for the marker in the bytes as they come. */
function markerWatch(found: () => void): (chunk: Buffer) => void {
  let tail: Buffer = Buffer.alloc(0);
  return (chunk) => {
    // The marker may lie across two chunks.
    const seam = tail.length === 0 ? tail : Buffer.concat([tail, chunk.subarray(0, markerBytes.length - 1)]);
    if (chunk.includes(markerBytes) || seam.includes(markerBytes)) found();
    tail = chunk.subarray(Math.max(0, chunk.length - markerBytes.length + 1));
  };
}

function countOf(payload: Buffer, key: Buffer): number {
  let count = 0;
  for (let at = payload.indexOf(key); at !== -1; at = payload.indexOf(key, at + key.length)) count++;
  return count;
}

/** Sum of the numbers that stand behind a key. */
function numbersAfter(payload: Buffer, key: Buffer): number {
  let sum = 0;
  for (let at = payload.indexOf(key); at !== -1; at = payload.indexOf(key, at + key.length)) {
    sum += Number.parseInt(payload.toString('latin1', at + key.length, at + key.length + 16), 10);
  }
  return sum;
}

async function greet(socket: Socket, load: SinkLoad): Promise<void> {
  let frames = 0;
  let heard = (): void => undefined;
  const read = frameReader(() => {
    frames++;
    heard();
  });
  const until = (count: number) =>
    new Promise<void>((resolve) => {
      heard = () => {
        if (frames >= count) resolve();
      };
      heard();
    });
  socket.on('data', read);
  socket.resume();
  await until(load.greetings);
  for (const [index, text] of load.hello.entries()) {
    socket.write(maskedFrame(text));
    await until(load.greetings + index + 1);
  }
  socket.pause();
  socket.off('data', read);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

let sinkSockets: Socket[] = [];

if (process.send !== undefined) {
  process.on('message', (order: LoadOrder) => {
    void (async () => {
      if (order.kind === 'calls') process.send?.({ kind: 'result', result: await calls(order) });
      else if (order.kind === 'sink') {
        sinkSockets = await sink(order);
        process.send?.({ kind: 'result', result: null });
      } else {
        for (const socket of sinkSockets) socket.destroy();
        sinkSockets = [];
        process.send?.({ kind: 'result', result: null });
      }
    })();
  });
}
