/** A process of its own that publishes events at a steady rate, as a program in the field would: by `events.publish`, in batches. */
import type { Socket } from 'node:net';
import { currentSubProtocol } from '../../src/common/wire/sub-protocol.ts';
import { frameReader, maskedFrame, openRaw } from './raw-web-socket.ts';

export interface PublishOrder {
  readonly port: number;
  readonly token: string;
  readonly perSecond: number;
}

export interface PublishResult {
  readonly published: number;
  readonly refused: number;
}

const tickMs = 10;
/** Requests of one frame (limit of the node). */
const batchRequests = 20;
const connections = 4;
const distinctTopics = 40;

let running = false;
let published = 0;
let refused = 0;
let sockets: Socket[] = [];

/** Frames made beforehand: the load must cost less than what it measures. */
function makeFrames(): readonly Buffer[] {
  return Array.from({ length: distinctTopics }, (_, frame) => {
    const requests = Array.from({ length: batchRequests }, (_, index) => ({
      type: 'rpc',
      requestid: `p${frame}-${index}`,
      method: 'events.publish',
      params: {
        topic: `/bench/press/${String((frame + index) % distinctTopics).padStart(2, '0')}/temp`,
        data: { c: 80 + index / 10, set: 80, q: 'good', job: 'B-20417' },
      },
    }));
    return maskedFrame(JSON.stringify(requests));
  });
}

const success = Buffer.from('"status":"success"');
const failure = Buffer.from('"status":"error"');

function countOf(payload: Buffer, text: Buffer): number {
  let count = 0;
  for (let at = payload.indexOf(text); at !== -1; at = payload.indexOf(text, at + text.length)) count++;
  return count;
}

async function start(order: PublishOrder): Promise<void> {
  const frames = makeFrames();
  published = 0;
  refused = 0;
  sockets = await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = await openRaw(order.port, `/ws?token=${encodeURIComponent(order.token)}`, currentSubProtocol);
      const read = frameReader((payload) => {
        published += countOf(payload, success);
        refused += countOf(payload, failure);
      });
      socket.on('data', read);
      socket.resume();
      return socket;
    }),
  );
  running = true;
  const startedAtMs = performance.now();
  let sent = 0;
  let next = 0;
  const tick = () => {
    if (!running) return;
    const due = ((performance.now() - startedAtMs) / 1_000) * order.perSecond;
    for (; sent + batchRequests <= due; sent += batchRequests) {
      sockets[next % connections]?.write(frames[next % frames.length] as Buffer);
      next++;
    }
    setTimeout(tick, tickMs);
  };
  tick();
}

function stop(): PublishResult {
  running = false;
  for (const socket of sockets) socket.destroy();
  sockets = [];
  return { published, refused };
}

process.on('message', (order: PublishOrder | 'stop') => {
  if (order === 'stop') process.send?.(stop());
  else void start(order).then(() => process.send?.('started'));
});
