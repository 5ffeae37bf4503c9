import type { ChildProcess } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { freePort } from '../../helpers/free-port.ts';
import { endAll, programPath, spawnServer, versionOf } from '../programs.ts';
import { fill, messageSizeBytes, type QueueConnection, type QueueSystem, replicas, timeTaking } from './systems.ts';

const stream = 'bench';
const group = 'readers';
/** Messages that one XREADGROUP takes, and one XACK acknowledges. */
const takenAtOnce = 1_000;

/**
 * A Redis stream: the master flushes its file before it answers, and `WAIT 1` waits until one of two replicas has it in memory.
 * What is appended in one turn of the event loop shares one WAIT, as WAIT stops its connection.
 */
export async function startRedis(folder: string): Promise<QueueSystem> {
  const path = await programPath('redis-server');
  const ports: number[] = [];
  const children: ChildProcess[] = [];
  for (let index = 0; index < replicas; index++) {
    const own = join(folder, `redis-${index}`);
    await mkdir(own);
    const port = await freePort();
    const master = ports[0];
    ports.push(port);
    const flags = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', own, '--appendonly', 'yes', '--appendfsync', 'always'];
    const role = master === undefined ? [] : ['--replicaof', '127.0.0.1', `${master}`];
    const ready = master === undefined ? /Ready to accept connections/ : /Finished with success/;
    children.push(await spawnServer(path, [...flags, ...role, '--save', '', '--repl-diskless-sync-delay', '0'], { ready, folder: own }));
  }
  return {
    name: `Redis ${await versionOf(path, '--version')} stream`,
    durability: 'disk of the master, memory of one replica',
    connect: () => openRedis(ports[0] ?? 0),
    stop: () => endAll(children),
  };
}

async function openRedis(port: number): Promise<QueueConnection> {
  const client = await createClient({ RESP: 2, socket: { host: '127.0.0.1', port, noDelay: true } }).connect();
  const value = Buffer.alloc(messageSizeBytes, 'x').toString();
  let waiting: { resolve: () => void; reject: (error: unknown) => void }[] = [];
  const flush = async () => {
    const batch = waiting;
    waiting = [];
    try {
      const adds = batch.map(() => client.sendCommand(['XADD', stream, '*', 'data', value]));
      const copies = client.sendCommand(['WAIT', '1', '0']);
      await Promise.all(adds);
      if (Number(await copies) < 1) throw new Error('no replica has it');
      for (const { resolve } of batch) resolve();
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  };
  const append = () =>
    new Promise<void>((resolve, reject) => {
      if (waiting.length === 0) setImmediate(() => void flush());
      waiting.push({ resolve, reject });
    });
  return {
    append,
    consume: async (count) => {
      await client.sendCommand(['DEL', stream]);
      await client.sendCommand(['XGROUP', 'CREATE', stream, group, '0', 'MKSTREAM']);
      await fill({ append }, count);
      return timeTaking(count, async () => {
        for (let taken = 0; taken < count; ) {
          const args = ['XREADGROUP', 'GROUP', group, 'one', 'COUNT', `${takenAtOnce}`, 'STREAMS', stream, '>'];
          const [[, messages]] = (await client.sendCommand(args)) as unknown as [[string, [string, string[]][]]];
          await client.sendCommand(['XACK', stream, group, ...messages.map(([id]) => id)]);
          taken += messages.length;
        }
      });
    },
    close: () => client.close(),
  };
}
