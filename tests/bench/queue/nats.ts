import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AckPolicy, connect, type NatsConnection, StorageType } from 'nats';
import { freePort } from '../../helpers/free-port.ts';
import { endAll, NotAvailable, programPath, spawnServer, versionOf } from '../programs.ts';
import { fill, messageSizeBytes, type QueueConnection, type QueueSystem, replicas, timeTaking } from './systems.ts';

const stream = 'bench';
const subject = 'bench.appends';

/**
 * A JetStream stream of three replicas in files, as it comes: flushed to the disk every two minutes, so that an acknowledgement means
 * the memory of a majority. Versions from 2.10 on can flush before they answer (`sync_interval: always`); older ones cannot.
 */
export async function startNats(folder: string): Promise<QueueSystem> {
  return start(folder, false);
}

/** The same, flushing before it answers. @throws NotAvailable where the version has no such setting */
export async function startSyncingNats(folder: string): Promise<QueueSystem> {
  return start(folder, true);
}

async function start(folder: string, syncs: boolean): Promise<QueueSystem> {
  const path = await programPath('nats-server');
  const version = await versionOf(path, '--version');
  if (syncs && Number(version.split('.')[1]) < 10) throw new NotAvailable(`NATS ${version} cannot flush before it answers`);
  const ports = await Promise.all(Array.from({ length: replicas }, freePort));
  const routes = await Promise.all(Array.from({ length: replicas }, freePort));
  const children = await Promise.all(
    ports.map(async (port, index) => {
      const own = join(folder, `nats-${syncs ? 'sync-' : ''}${index}`);
      await mkdir(own);
      const file = join(own, 'nats.conf');
      await writeFile(
        file,
        `server_name: n${index}
listen: 127.0.0.1:${port}
jetstream { store_dir: ${JSON.stringify(own)}${syncs ? ', sync_interval: always' : ''} }
cluster { name: bench, listen: "127.0.0.1:${routes[index]}", routes: [${routes.map((route) => `"nats://127.0.0.1:${route}"`).join(', ')}] }
`,
      );
      return spawnServer(path, ['-c', file], { ready: /Server is ready/, folder: own });
    }),
  );
  await createStream(ports[0] ?? 0);
  return {
    name: `NATS ${version} R3${syncs ? ' sync always' : ''}`,
    durability: syncs ? 'disks of a majority' : 'memory of a majority',
    connect: async () => openNats(await leaderPort(ports)),
    stop: () => endAll(children),
  };
}

function open(port: number): Promise<NatsConnection> {
  return connect({ servers: `127.0.0.1:${port}`, ignoreClusterUpdates: true });
}

/** The cluster takes a stream when it has elected a leader of its own. */
async function createStream(port: number): Promise<void> {
  const connection = await open(port);
  const manager = await connection.jetstreamManager({ checkAPI: false, timeout: 5_000 });
  for (let attempt = 0; ; attempt++) {
    try {
      await manager.streams.add({ name: stream, subjects: [subject], num_replicas: replicas, storage: StorageType.File });
      break;
    } catch (error) {
      if (attempt === 20) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
  await connection.close();
}

async function leaderPort(ports: readonly number[]): Promise<number> {
  const connection = await open(ports[0] ?? 0);
  const { cluster } = await (await connection.jetstreamManager()).streams.info(stream);
  await connection.close();
  return ports[Number(cluster?.leader?.slice(1))] ?? 0;
}

async function openNats(port: number): Promise<QueueConnection> {
  const connection = await open(port);
  const jetStream = connection.jetstream({ timeout: 30_000 });
  const manager = await connection.jetstreamManager({ timeout: 30_000 });
  const data = Buffer.alloc(messageSizeBytes, 'x');
  const append = () => jetStream.publish(subject, data);
  let readers = 0;
  return {
    append,
    consume: async (count) => {
      await manager.streams.purge(stream);
      await fill({ append }, count);
      // One that nobody uses would be gone before the last append on a slow machine, unless it had a name.
      const name = `reader-${++readers}`;
      await manager.consumers.add(stream, { durable_name: name, ack_policy: AckPolicy.Explicit, max_ack_pending: 10_000 });
      const consumer = await jetStream.consumers.get(stream, name);
      const perSecond = await timeTaking(count, async () => {
        let taken = 0;
        const messages = await consumer.consume({ max_messages: 1_000 });
        for await (const message of messages) {
          message.ack();
          if (++taken === count) break;
        }
        await connection.flush();
      });
      await manager.consumers.delete(stream, name);
      return perSecond;
    },
    close: () => connection.close(),
  };
}
