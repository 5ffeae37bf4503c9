import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { QueueClient } from '../../../src/common/client/queue-client.ts';
import { tcpStreams } from '../../../src/main/node/broker/client/byte-stream.ts';
import { brokerSlots, formGroup } from '../../helpers/broker-processes.ts';
import { fill, messageSizeBytes, type QueueConnection, type QueueSystem, replicas, timeTaking } from './systems.ts';

const queue = 'bench';
/** Messages of one take, whose position is replicated before they are given. */
const takenAtOnce = 500;

/** Our broker: three processes as they run in a node, and the client that programs are offered. */
export async function startSignalbox(folder: string): Promise<QueueSystem> {
  const own = join(folder, 'signalbox');
  await mkdir(own);
  const slots = await brokerSlots({ folder: own, count: replicas });
  await formGroup(slots);
  return {
    name: 'signalbox',
    durability: 'disks of a majority',
    connect: () => openSignalbox(slots.map(({ port }) => ({ host: '127.0.0.1', port }))),
    stop: async () => {
      await Promise.all(slots.map((slot) => slot.kill()));
    },
  };
}

async function openSignalbox(addresses: readonly { readonly host: string; readonly port: number }[]): Promise<QueueConnection> {
  const client = new QueueClient({ addresses, open: tcpStreams() });
  await client.createQueue(queue);
  const message = [{ data: new Uint8Array(messageSizeBytes).fill(120) }];
  let looks = 0;
  return {
    append: () => client.append(queue, message),
    consume: async (count) => {
      const name = `${queue}-${++looks}`;
      await client.createQueue(name);
      await fill({ append: () => client.append(name, message) }, count);
      return timeTaking(count, async () => {
        for (let taken = 0; taken < count; ) taken += (await client.take(name, { max: takenAtOnce })).messages.length;
      });
    },
    close: () => Promise.resolve(client.close()),
  };
}
