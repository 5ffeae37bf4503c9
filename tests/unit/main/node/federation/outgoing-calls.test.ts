import { expect, test } from 'vitest';
import type { CarrierKind } from '../../../../../src/common/contract/nodes.ts';
import { SignalboxError } from '../../../../../src/common/errors.ts';
import { Circuits } from '../../../../../src/main/node/federation/carriers/circuits.ts';
import { NodeDirectory } from '../../../../../src/main/node/federation/node-directory.ts';
import type { Outgoing } from '../../../../../src/main/node/federation/outgoing.ts';
import { OutgoingCalls } from '../../../../../src/main/node/federation/outgoing-calls.ts';
import { PendingCalls } from '../../../../../src/main/node/federation/pending-calls.ts';
import { presenceSchema } from '../../../../../src/main/node/federation/presence-message.ts';
import { noStanding } from '../../../../../src/main/node/peers/oversight.ts';
import type { ForwardedRequest } from '../../../../../src/main/node/router/index.ts';
import { recordingLogger } from '../../../../helpers/router-fixture.ts';

interface Sent {
  readonly message: { readonly requestid: string; readonly timeoutMs: number };
  readonly unsent: (error: SignalboxError) => void;
}

/** A node that is reached as a test says, and what was sent to it. */
function open() {
  const sent: Sent[] = [];
  const state: { way: CarrierKind | undefined; congested: boolean } = { way: 'link', congested: false };
  const directory = new NodeDirectory(Date.now);
  directory.apply(presenceSchema.parse({ serviceId: 'far', status: 'online' }), 'link', { signed: true });
  const pending = new PendingCalls('i');
  const calls = new OutgoingCalls({
    nodeId: 'me',
    pending,
    directory,
    reach: { best: () => (state.way === undefined ? undefined : { kind: state.way }), isCongested: () => state.congested } as never,
    circuits: new Circuits({ logger: recordingLogger(), monotonicMs: () => 0 }),
    standing: noStanding,
    outgoing: {
      send: (_target: string, _form: string, message: Sent['message'], _ttl: number, unsent: Sent['unsent']) =>
        void sent.push({ message, unsent }),
    } as unknown as Outgoing,
  });
  const request: ForwardedRequest = {
    method: 'logs.setLevel',
    params: {},
    principal: { user: 'ada', roles: ['admin'], via: 'ws' },
    clientId: 'c',
    timeoutMs: 5_000,
    idempotencyKey: undefined,
    signal: new AbortController().signal,
    progress: () => undefined,
  };
  const call = () => calls.call(directory.get('far') as never, request);
  const moveTo = (way: CarrierKind) => {
    const lost = state.way as CarrierKind;
    state.way = way;
    pending.wayLost('far', lost);
  };
  return { sent, state, pending, call, moveTo };
}

const outcomeOf = (answer: Promise<unknown>) => answer.catch((error: unknown) => error);
const notRun = new SignalboxError('OVERLOADED', 'Too much waits.', { executed: 'no' });

test('a call whose way is lost is sent again another way under the same id, with the time that is left', async () => {
  const { sent, pending, call, moveTo } = open();
  const answer = call();
  moveTo('mqtt');
  const [first, second] = sent;
  expect([sent.length, second?.message.requestid]).toEqual([2, first?.message.requestid]);
  expect(second?.message.timeoutMs).toBeLessThanOrEqual(5_000);
  // Another way that it did not leave on is of no concern.
  pending.wayLost('far', 'link');
  expect(sent.length).toBe(2);
  pending.answered('far', { type: 'rpc_response', requestid: second?.message.requestid ?? '', status: 'success', data: 'done' });
  expect(await answer).toBe('done');
  moveTo('relay');
  expect(sent.length).toBe(2);
});

test('what could not be sent the first time did not happen; what could not be sent again may have', async () => {
  const { sent, call, moveTo } = open();
  const never = outcomeOf(call());
  sent[0]?.unsent(notRun);
  expect(await never).toMatchObject({ code: 'OVERLOADED', executed: 'no' });
  const once = outcomeOf(call());
  moveTo('mqtt');
  sent.at(-1)?.unsent(notRun);
  expect(await once).toMatchObject({ code: 'NODE_LOST', executed: 'maybe' });
});

test('a node that refuses the repeat has perhaps run the first', async () => {
  const { sent, pending, call, moveTo } = open();
  const answer = outcomeOf(call());
  moveTo('mqtt');
  const requestid = sent[0]?.message.requestid ?? '';
  pending.answered('far', { type: 'rpc_response', requestid, status: 'error', ...notRun.toShape() });
  expect(await answer).toMatchObject({ code: 'OVERLOADED', executed: 'maybe' });
});

test('nothing is sent over a way that does not keep up', () => {
  const { sent, state, call } = open();
  state.congested = true;
  expect(call).toThrow(expect.objectContaining({ code: 'OVERLOADED', executed: 'no' }));
  expect(sent).toEqual([]);
});
