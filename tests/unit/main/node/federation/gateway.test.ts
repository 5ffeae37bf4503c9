import { expect, it } from 'vitest';
import { Circuits } from '../../../../../src/main/node/federation/carriers/circuits.ts';
import { Gateway, type GatewayOptions } from '../../../../../src/main/node/federation/gateway.ts';
import { NodeDirectory } from '../../../../../src/main/node/federation/node-directory.ts';
import { presenceSchema } from '../../../../../src/main/node/federation/presence-message.ts';
import { FederationTopics } from '../../../../../src/main/node/federation/topics.ts';
import { recordingLogger } from '../../../../helpers/router-fixture.ts';

it('sends no call whose answer it would refuse', async () => {
  const sent: unknown[] = [];
  const directory = new NodeDirectory(Date.now);
  const gateway = new Gateway({
    nodeId: 'me',
    instance: 'i',
    topics: new FederationTopics('c'),
    directory,
    link: { connected: true, unsentBytes: 0 },
    outgoing: { send: (...message: unknown[]) => sent.push(message) },
    circuits: new Circuits({ logger: recordingLogger(), monotonicMs: () => 0 }),
    reach: { best: () => ({}), isCongested: () => false },
    acceptUnsigned: () => false,
    here: () => undefined,
    nowMs: Date.now,
  } as unknown as GatewayOptions);
  directory.apply(presenceSchema.parse({ serviceId: 'far', status: 'online' }));
  const call = gateway.call(directory.get('far') as never, {
    method: 'logs.setLevel',
    params: {},
    principal: { user: 'ada', roles: ['admin'], via: 'ws' },
    clientId: 'c',
    timeoutMs: 1_000,
    idempotencyKey: undefined,
    signal: new AbortController().signal,
    progress: () => undefined,
  });
  await expect(call).rejects.toMatchObject({
    code: 'NODE_UNREACHABLE',
    executed: 'no',
    message: expect.stringContaining('does not sign'),
  });
  expect(sent).toEqual([]);
});
