import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ChannelModel, connect } from 'amqplib';
import { freePort } from '../../helpers/free-port.ts';
import { endAll, programPath, spawnServer } from '../programs.ts';
import { fill, messageSizeBytes, type QueueConnection, type QueueSystem, replicas, timeTaking } from './systems.ts';

const queue = 'bench';
/** Messages that one acknowledgement of the consumer covers. */
const acknowledgedAtOnce = 100;
/** Debian's script in the PATH becomes another user, and keeps to one folder for all. */
const scriptFolders = ['/usr/lib/rabbitmq/bin'];

/** RabbitMQ's quorum queue on three nodes: confirmed when a majority has flushed it. */
export async function startRabbit(folder: string): Promise<QueueSystem> {
  const path = await programPath('rabbitmq-server', scriptFolders);
  const mapper = await programPath('epmd');
  const epmdPort = await freePort();
  // Of its own, not the machine's: it stays otherwise when the nodes have ended.
  const epmd = await spawnServer(mapper, ['-d', '-port', `${epmdPort}`, '-address', '127.0.0.1'], { ready: /epmd running/, folder });
  const ports = await Promise.all(Array.from({ length: replicas }, freePort));
  const distributionPorts = await Promise.all(Array.from({ length: replicas }, freePort));
  const names = ports.map((_, index) => `bench${index}@localhost`);
  const cookie = randomBytes(12).toString('hex');
  const nodes = await Promise.all(
    names.map(async (name, index) => {
      const own = join(folder, `rabbit-${index}`);
      await mkdir(own);
      await writeFile(join(own, '.erlang.cookie'), cookie, { mode: 0o400 });
      await writeFile(join(own, 'plugins'), '[].');
      const listed = names.map((peer, at) => `cluster_formation.classic_config.nodes.${at + 1} = ${peer}`).join('\n');
      await writeFile(
        join(own, 'rabbitmq.conf'),
        `listeners.tcp.1 = 127.0.0.1:${ports[index]}\ncluster_formation.peer_discovery_backend = classic_config\n${listed}\nlog.console = true\n`,
      );
      const environment = {
        HOME: own,
        ERL_EPMD_PORT: `${epmdPort}`,
        RABBITMQ_NODENAME: name,
        RABBITMQ_DIST_PORT: `${distributionPorts[index]}`,
        RABBITMQ_MNESIA_BASE: own,
        RABBITMQ_LOG_BASE: own,
        RABBITMQ_PID_FILE: join(own, 'pid'),
        RABBITMQ_CONFIG_FILE: join(own, 'rabbitmq.conf'),
        RABBITMQ_ENABLED_PLUGINS_FILE: join(own, 'plugins'),
      };
      return spawnServer(path, [], { ready: /Server startup complete/, environment, folder: own });
    }),
  );
  return {
    name: `RabbitMQ ${await versionAt(ports[0] ?? 0)} quorum queue`,
    durability: 'disks of a majority',
    connect: () => openRabbit(ports[0] ?? 0),
    // On SIGTERM its script ends the virtual machine that it started.
    stop: async () => {
      await endAll(nodes, 'SIGTERM');
      await endAll([epmd]);
    },
  };
}

function open(port: number): Promise<ChannelModel> {
  return connect(`amqp://guest:guest@127.0.0.1:${port}`, { noDelay: true });
}

async function versionAt(port: number): Promise<string> {
  const model = await open(port);
  const { version } = model.connection.serverProperties;
  await model.close();
  return version;
}

async function openRabbit(port: number): Promise<QueueConnection> {
  const connection = await open(port);
  const channel = await connection.createConfirmChannel();
  // Its leader is where it was declared: on the node of this connection.
  const declare = () => channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  await declare();
  const data = Buffer.alloc(messageSizeBytes, 'x');
  const append = () =>
    new Promise<void>((resolve, reject) => {
      channel.sendToQueue(queue, data, { persistent: true }, (error) => (error === null ? resolve() : reject(error)));
    });
  return {
    append,
    consume: async (count) => {
      await channel.purgeQueue(queue);
      await fill({ append }, count);
      await channel.prefetch(1_000);
      let tag = '';
      const perSecond = await timeTaking(count, async () => {
        let taken = 0;
        await new Promise<void>((resolve) => {
          const started = channel.consume(queue, (message) => {
            if (message === null) return;
            if (++taken % acknowledgedAtOnce === 0 || taken === count) channel.ack(message, true);
            if (taken === count) resolve();
          });
          void started.then(({ consumerTag }) => {
            tag = consumerTag;
          });
        });
        // An answer after the acknowledgement, so that it counts.
        await channel.checkQueue(queue);
      });
      await channel.cancel(tag);
      return perSecond;
    },
    close: () => connection.close(),
  };
}
