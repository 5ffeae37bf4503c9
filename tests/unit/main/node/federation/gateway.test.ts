import { expect, it } from 'vitest';
import { SignalboxError } from '../../../../../src/common/errors.ts';
import { Circuits } from '../../../../../src/main/node/federation/carriers/circuits.ts';
import { carrierLimits } from '../../../../../src/main/node/federation/carriers/limits.ts';
import { Gateway, type GatewayOptions } from '../../../../../src/main/node/federation/gateway.ts';
import { NodeDirectory } from '../../../../../src/main/node/federation/node-directory.ts';
import { presenceSchema } from '../../../../../src/main/node/federation/presence-message.ts';
import { FederationTopics } from '../../../../../src/main/node/federation/topics.ts';
import { noStanding } from '../../../../../src/main/node/peers/oversight.ts';
import type { ForwardedRequest } from '../../../../../src/main/node/router/index.ts';
import { recordingLogger } from '../../../../helpers/router-fixture.ts';

const request: ForwardedRequest = {
  method: 'logs.setLevel',
  params: {},
  principal: { user: 'ada', roles: ['admin'], via: 'ws' },
  clientId: 'c',
  timeoutMs: 1_000,
  idempotencyKey: undefined,
  signal: new AbortController().signal,
  progress: () => undefined,
};

it('leaves a node alone that did not answer five calls, and says so, until it is there anew', async () => {
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
    standing: noStanding,
    reach: { best: () => ({ kind: 'mqtt' }), isCongested: () => false },
    acceptUnsigned: () => true,
    here: () => ({ clients: { lost: () => undefined }, relay: { lost: () => undefined } }),
    nowMs: Date.now,
  } as unknown as GatewayOptions);
  const present = (epoch: number) => directory.apply(presenceSchema.parse({ serviceId: 'far', status: 'online', epoch }));
  present(1);
  const call = () => {
    const deadline = new AbortController();
    const answer = gateway.call(directory.get('far') as never, { ...request, signal: deadline.signal });
    deadline.abort(new SignalboxError('TIMEOUT', 'No answer came in time.', { executed: 'maybe' }));
    return answer;
  };
  for (let count = 0; count < carrierLimits.circuitFailures; count++) await expect(call()).rejects.toMatchObject({ code: 'TIMEOUT' });
  const before = sent.length;
  await expect(call()).rejects.toMatchObject({ code: 'CIRCUIT_OPEN', executed: 'no', retryable: true, data: { retryAfterMs: 60_000 } });
  expect(sent.length).toBe(before);
  present(2);
  await expect(call()).rejects.toMatchObject({ code: 'TIMEOUT' });
});

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
    standing: noStanding,
    reach: { best: () => ({}), isCongested: () => false },
    acceptUnsigned: () => false,
    here: () => undefined,
    nowMs: Date.now,
  } as unknown as GatewayOptions);
  directory.apply(presenceSchema.parse({ serviceId: 'far', status: 'online' }));
  const call = gateway.call(directory.get('far') as never, request);
  await expect(call).rejects.toMatchObject({
    code: 'NODE_UNREACHABLE',
    executed: 'no',
    message: expect.stringContaining('does not sign'),
  });
  expect(sent).toEqual([]);
});
