/** A link that dies under load, between two real processes that have a broker between them as well. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import type { NodeClient } from '../../../src/common/client/node-client.ts';
import type { ResultOf } from '../../../src/common/contract/index.ts';
import { connectHeadless } from '../../helpers/headless-client.ts';
import { entry, runCommand, startHeadless } from '../../helpers/headless-node.ts';
import { startMosquitto } from '../../helpers/mosquitto.ts';
import { createNetworkNamespace, namespaceObstacle } from '../../helpers/network-namespaces.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

const obstacle = namespaceObstacle();
const waiting = { interval: 100 };
const topic = '/site/count';

/** Counts the effects of calls from outside: what a process of its own hears on the node that runs them. */
function countEffects(dataFolder: string, through: readonly string[]) {
  const [program = '', ...args] = [...through, process.execPath, entry, 'subscribe', topic, '--json', '--data', dataFolder];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const effects: number[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { data, meta } = JSON.parse(line) as { data: number; meta: { dropped?: number } };
    expect(meta.dropped).toBeUndefined();
    effects.push(data);
  });
  return effects;
}

/** Calls that change something, one after another in several lanes, until it is stopped; each has a number. */
function load(client: NodeClient, node: string, lanes: number) {
  const answered: number[] = [];
  const failures: unknown[] = [];
  let next = 0;
  let running = true;
  const lane = async () => {
    while (running) {
      const number = next++;
      try {
        await client.call('events.publish', { topic, data: number }, { target: { node }, timeoutMs: 60_000 });
        answered.push(number);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  const lanesDone = Promise.all(Array.from({ length: lanes }, lane));
  return {
    answered,
    failures,
    stop: async () => {
      running = false;
      await lanesDone;
    },
  };
}

test.skipIf(obstacle !== undefined)(
  `a link that dies under load loses no effect and repeats none: calls go on over the broker, and over the link when it is back${
    obstacle ? ` (${obstacle})` : ''
  }`,
  { timeout: 180_000 },
  async () => {
    const cable = await createNetworkNamespace('fl');
    const toBroker = await cable.addCable('gb');
    const broker = await startMosquitto([], [toBroker.hostAddress]);
    const [adaFolder, boFolder] = [await temporaryFolder(), await temporaryFolder()];
    const settings = (name: string, host: string, brokerHost: string) =>
      [
        `node.name=${name}`,
        `links.host=${host}`,
        'links.port=0',
        'links.discovery=off',
        'federation.mode=external',
        `federation.brokerUrl=mqtt://${brokerHost}:${broker.port}`,
      ].flatMap((setting) => ['--set', setting]);
    const ada = await startHeadless(adaFolder, ['--no-console', ...settings('ada', cable.hostAddress, '127.0.0.1')]);
    onTestFinished(() => void ada.child.kill('SIGKILL'));
    const bo = await startHeadless(boFolder, ['--no-console', ...settings('bo', cable.insideAddress, toBroker.hostAddress)], cable.through);
    onTestFinished(() => void bo.child.kill('SIGKILL'));
    await runCommand(['cluster', 'create', 'North yard', '--json', '--data', adaFolder]);
    const { stdout } = await runCommand(['cluster', 'invite', '--roles', 'peer,operator', '--json', '--data', adaFolder]);
    const invite = JSON.parse(stdout) as ResultOf<'membership.invite'>;
    const joining = ['cluster', 'join', invite.code, '--at', invite.addresses[0] ?? '', '--json', '--data', boFolder];
    expect(await runCommand(joining, { through: cable.through })).toMatchObject({ code: 0 });

    const client = await connectHeadless(ada);
    const viaOf = async () => (await client.call('nodes.list', {})).nodes.find(({ name }) => name === 'bo');
    await expect.poll(viaOf, waiting).toMatchObject({ via: 'link', secure: true });
    const effects = countEffects(boFolder, cable.through);
    // The counter counts from its first effect on.
    await expect
      .poll(async () => (await client.call('events.publish', { topic, data: -1 }, { target: { node: 'bo' } })).subscribers, waiting)
      .toBe(1);

    const calls = load(client, 'bo', 20);
    const progress = async (calledMore: number) => {
      const enough = calls.answered.length + calledMore;
      await expect.poll(() => calls.answered.length, waiting).toBeGreaterThan(enough);
    };
    await progress(200);
    // Nobody tells bo: it learns from ada, over the broker, that the link is gone.
    await cable.pull();
    await cable.cut();
    await expect.poll(viaOf, waiting).toMatchObject({ via: 'mqtt', secure: true, status: 'online' });
    await progress(200);
    await cable.plug();
    await expect.poll(viaOf, waiting).toMatchObject({ via: 'link' });
    await progress(200);
    await cable.cut();
    await expect.poll(viaOf, waiting).toMatchObject({ via: 'link' });
    await progress(200);
    await calls.stop();

    expect(calls.failures).toEqual([]);
    const counted = () => effects.filter((number) => number >= 0).toSorted((a, b) => a - b);
    await expect.poll(() => counted().length, waiting).toBeGreaterThanOrEqual(calls.answered.length);
    expect(counted()).toEqual(calls.answered.toSorted((a, b) => a - b));
  },
);
