import { type ChildProcess, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { freePort } from '../helpers/free-port.ts';

/**
 * Starts Mosquitto on a free port, as an operator would set it up for this load. The caller kills it.
 *
 * @param folder for its configuration
 */
export async function startMosquitto(folder: string): Promise<{ readonly url: string; readonly child: ChildProcess }> {
  const port = await freePort();
  const file = join(folder, 'mosquitto.conf');
  await writeFile(file, `listener ${port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\nmax_queued_messages 0\nlog_dest stderr\n`);
  const child = spawn('mosquitto', ['-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.stderr.on('data', (chunk: Buffer) => chunk.includes('running') && resolve());
  });
  return { url: `mqtt://127.0.0.1:${port}`, child };
}

/**
 * A bare client. The caller ends it.
 *
 * @param noDelay its small packets do not wait for one another; off is how mqtt.js comes
 */
export async function openClient(url: string, noDelay = true): Promise<MqttClient> {
  const client = await connectAsync(url);
  if (noDelay) (client as unknown as { stream: { setNoDelay?: (on: boolean) => void } }).stream.setNoDelay?.(true);
  return client;
}
