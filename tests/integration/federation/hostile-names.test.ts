/** Names with markup, ANSI, bidirectional characters, line ends and ten thousand emoji, on every way into a node (security.md row 52). */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { expect, it, onTestFinished } from 'vitest';
import { createMemoryTransport } from '../../../src/common/client/memory-transport.ts';
import { NodeClient } from '../../../src/common/client/node-client.ts';
import { nodeLimits } from '../../../src/main/node/limits.ts';
import { createNode } from '../../../src/main/node/node.ts';
import { attachMemory } from '../../../src/main/node/router/index.ts';
import { runCommand } from '../../helpers/headless-node.ts';
import { principalWith } from '../../helpers/router-fixture.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

const hostile = {
  markup: '<img src=x onerror=alert(1)>',
  ansi: 'a\u001b[2J\u001b]0;owned\u0007b',
  bidi: 'press\u202egpj.exe',
  newline: 'press-07\n{"level":"error","msg":"forged"}',
  emoji: '\u{1f469}\u200d\u{1f680}'.repeat(10_000),
  surrogate: 'press\ud800',
} as const;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const steering = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
/** Those that a status can carry: ten thousand emoji are too large for one, and half a character is no JSON. */
const carried = ['markup', 'ansi', 'bidi', 'newline'];

async function startHubNode() {
  const folder = await temporaryFolder();
  const node = await createNode({
    dataFolder: folder,
    mode: 'headless',
    overrides: {
      'http.port': 0,
      'links.port': 0,
      'links.discovery': 'off',
      'federation.mode': 'hub',
      'federation.port': 0,
      'logs.level': 'debug',
    },
    onRestart: () => undefined,
    environment: {},
  });
  await node.start();
  const { client: transport, node: end } = createMemoryTransport();
  attachMemory(node.router, end, { principal: () => principalWith('admin') });
  const client = new NodeClient({ connect: () => Promise.resolve(transport) });
  onTestFinished(async () => {
    client.close();
    await node.stop();
  });
  const mqtt = await connectAsync(`mqtt://127.0.0.1:${node.hub?.port}`);
  mqtt.on('error', () => undefined);
  onTestFinished(() => mqtt.endAsync(true).catch(() => undefined));
  await expect.poll(() => node.federation?.link.connected).toBe(true);
  return { node, client, mqtt, folder };
}

it('a status with such a name, version or capability shows none of it; the node behind it is known by its id', async () => {
  const { node, client, mqtt, folder } = await startHubNode();
  const shown: string[] = [];
  for (const [kind, text] of Object.entries(hostile)) {
    const status = { serviceId: `x-${kind}`, status: 'online', name: text, version: text, capabilities: [text, 'router'], instance: text };
    // Beyond 8 KiB the hub itself refuses it.
    mqtt.publish(`cloudisense/service/x-${kind}/status`, JSON.stringify(status), { qos: 1, retain: true });
    // A call under such an id and method: refused, counted, logged.
    mqtt.publish(
      `cloudisense/service/${node.nodeId}/inbox`,
      JSON.stringify({ type: 'rpc', requestid: text, method: text, originId: `x-${kind}`, params: { text } }),
    );
    mqtt.publish(`cloudisense/service/${node.nodeId}/inbox`, JSON.stringify({ message_id: text, source_node_id: text, payload: {} }));
  }
  await expect
    .poll(async () => (await client.call('nodes.list', {})).nodes.filter(({ nodeId }) => nodeId.startsWith('x-')).length)
    .toBe(carried.length);
  const { nodes } = await client.call('nodes.list', {});
  for (const other of nodes.filter(({ nodeId }) => nodeId.startsWith('x-'))) {
    expect(other.name).not.toMatch(/[<>\s]|\P{ASCII}/u);
    shown.push(other.nodeId, JSON.stringify(other));
  }
  for (const text of shown) expect(text).not.toMatch(/onerror|owned|forged|exe|\P{ASCII}/u);
  const cli = await runCommand(['nodes', '--data', folder]);
  expect(cli.code).toBe(0);
  expect(cli.stdout).not.toMatch(steering);
  expect(cli.stdout).not.toContain('onerror');
});

it('the settings, the cluster, people, topics and join codes refuse such names, and say so without steering anything', async () => {
  const { client, folder } = await startHubNode();
  const refused: readonly (readonly [string, (text: string) => Record<string, unknown>])[] = [
    ['config.set', (text) => ({ values: { 'node.name': text } })],
    ['config.set', (text) => ({ values: { 'node.capabilities': [text] } })],
    ['membership.create', (name) => ({ name })],
    ['users.add', (username) => ({ username, role: 'viewer', passwordSha256: 'a'.repeat(64) })],
    ['nodes.ping', (node) => ({ node, count: 1 })],
    ['membership.revoke', (node) => ({ node })],
  ];
  for (const [method, params] of refused)
    for (const [kind, text] of Object.entries(hostile)) {
      const answer = await client.callUnknown(method, params(text)).then(
        () => 'done',
        (error: unknown) => error as { code: string; message: string },
      );
      expect(answer, `${method} ${kind}`).not.toBe('done');
      expect(String((answer as { message: string }).message).length, `${method} ${kind}`).toBeLessThan(2_000);
    }
  const cli = await runCommand(['call', 'nodes.ping', JSON.stringify({ node: hostile.bidi, count: 1 }), '--data', folder]);
  expect(cli.code).not.toBe(0);
  expect(cli.stderr).not.toMatch(steering);
});

it('the log holds one JSON object a line, whatever is said', async () => {
  const { node, client, mqtt, folder } = await startHubNode();
  for (const text of Object.values(hostile)) {
    await client.callUnknown(text.slice(0, 60), {}).catch(() => undefined);
    await mqtt.publishAsync(`cloudisense/service/${node.nodeId}/inbox`, text, { qos: 1 });
    node.logs.logger('node').warn('test.said', text, { text });
  }
  const tail = await client.call('logs.tail', { name: 'all', lines: 200 });
  expect(tail.entries.length).toBeGreaterThan(Object.keys(hostile).length - 1);
  const cli = await runCommand(['logs', 'all', '--data', folder]);
  expect(cli.stdout).not.toMatch(steering);
  await node.stop();
  const files = await readdir(join(folder, 'logs'));
  for (const file of files) {
    const lines = (await readFile(join(folder, 'logs', file), 'utf8')).split('\n').filter(Boolean);
    for (const line of lines) {
      expect(Buffer.byteLength(line)).toBeLessThanOrEqual(nodeLimits.logLineBytes);
      expect(JSON.parse(line)).not.toMatchObject({ msg: 'forged' });
      expect(line).not.toMatch(steering);
    }
  }
});
