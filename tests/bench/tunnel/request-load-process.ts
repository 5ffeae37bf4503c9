/** Asks for the small page over so many connections at a time, each waiting for its answer, with as little work as can be. Told what to do over IPC. */
import { connect, type Socket } from 'node:net';
import type { RequestLoadOrder, RequestLoadResult } from './request-load.ts';

const headEnd = Buffer.from('\r\n\r\n');
/** One for all connections: what is read is looked at and forgotten. */
const room = Buffer.alloc(65_536);
/** Of the answer before. One of the same length that comes in one piece is taken for another of its kind, unread: the load must cost little. */
let answerBytes = 0;
/** Of a sample, before anything counts. */
const settleShare = 0.2;

async function run({ port, host, path, connections, seconds }: RequestLoadOrder): Promise<RequestLoadResult> {
  const request = Buffer.from(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n`);
  const latencies: number[] = [];
  const sockets: Socket[] = [];
  let measuring = false;
  let running = true;
  let failure: Error | undefined;
  const fail = (reason: string) => {
    failure ??= new Error(reason);
    running = false;
  };
  for (let index = 0; index < connections; index++) {
    let sentAtMs = 0;
    let missingBytes = 0;
    const send = () => {
      sentAtMs = performance.now();
      socket.write(request);
    };
    const take = (sizeBytes: number): void => {
      if (missingBytes === 0) missingBytes = sizeBytes === answerBytes ? sizeBytes : sizeOf(room, sizeBytes);
      missingBytes -= sizeBytes;
      if (missingBytes > 0) return;
      if (measuring) latencies.push(performance.now() - sentAtMs);
      if (running) send();
    };
    const onread = {
      buffer: room,
      callback: (sizeBytes: number): boolean => {
        try {
          take(sizeBytes);
        } catch (error) {
          fail((error as Error).message);
        }
        return true;
      },
    };
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, onread });
    sockets.push(socket);
    socket.on('connect', send);
    socket.on('error', (error) => running && fail(error.message));
    socket.on('close', () => running && fail('a connection was closed by the other end'));
  }
  await pause(seconds * settleShare * 1_000);
  process.send?.({ kind: 'measuring' });
  measuring = true;
  const fromMs = performance.now();
  await pause(seconds * 1_000);
  measuring = false;
  const elapsedMs = performance.now() - fromMs;
  running = false;
  for (const socket of sockets) socket.destroy();
  if (failure !== undefined) throw failure;
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? Number.NaN;
  return { requests: latencies.length, perSecond: (latencies.length * 1_000) / elapsedMs, p50Ms: at(0.5), p99Ms: at(0.99) };
}

/** Bytes of an answer of which the beginning is here. @throws Error unless it is the one that is wanted */
function sizeOf(bytes: Buffer, haveBytes: number): number {
  const bodyAt = bytes.subarray(0, haveBytes).indexOf(headEnd) + headEnd.length;
  const head = bytes.toString('latin1', 0, Math.max(bodyAt, 200));
  const length = /^HTTP\/1\.1 200 [\s\S]*\r\ncontent-length: (\d+)\r\n/i.exec(head)?.[1];
  if (bodyAt < headEnd.length || length === undefined) throw new Error(`unexpected answer: ${head}`);
  answerBytes = bodyAt + Number(length);
  return answerBytes;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

process.on('message', (order: RequestLoadOrder) => {
  run(order).then(
    (result) => process.send?.({ kind: 'result', result }),
    (error: Error) => process.send?.({ kind: 'failed', message: error.message }),
  );
});
process.on('disconnect', () => process.exit());
