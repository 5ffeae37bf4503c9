/**
 * A subscriber that hangs, and a program that publishes to it, each in a process of its own with bare mqtt.js:
 * `node hung-subscriber.ts subscribe URL TOPIC`, `node hung-subscriber.ts flood URL TOPIC MESSAGES BYTES`.
 */
import { connectAsync } from 'mqtt';

// Nobody else would end it.
process.on('disconnect', () => process.exit());
const [act, url = '', topic = '', messages = '0', bytes = '0'] = process.argv.slice(2);
// Without a keep-alive the broker has no reason of its own to end it.
const client = await connectAsync(url, { keepalive: 0, reconnectPeriod: 0 });
if (act === 'subscribe') {
  await client.subscribeAsync(topic);
  process.send?.('subscribed');
} else {
  const payload = Buffer.alloc(Number(bytes));
  for (let message = 1; message < Number(messages); message++) client.publish(topic, payload);
  // The broker has all of them when it has acknowledged the last.
  await client.publishAsync(topic, payload, { qos: 1 });
  await client.endAsync();
  process.exit();
}
