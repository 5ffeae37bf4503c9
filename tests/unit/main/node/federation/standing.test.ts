import { describe, expect, it } from 'vitest';
import { SignalboxError } from '../../../../../src/common/errors.ts';
import { Gateway, type GatewayOptions } from '../../../../../src/main/node/federation/gateway.ts';
import { NodeDirectory } from '../../../../../src/main/node/federation/node-directory.ts';
import { presenceSchema } from '../../../../../src/main/node/federation/presence-message.ts';
import { RefusedMessages } from '../../../../../src/main/node/federation/refused-messages.ts';
import { FederationTopics } from '../../../../../src/main/node/federation/topics.ts';
import { noStanding, type PeerStanding } from '../../../../../src/main/node/peers/oversight.ts';
import { recordingLogger } from '../../../../helpers/router-fixture.ts';

/** A gateway that judges others as a test wants it, with what it sent and ran. */
function open(standing: Partial<PeerStanding>) {
  const sent: { readonly target: string; readonly message: Record<string, unknown> }[] = [];
  const ran: unknown[] = [];
  const directory = new NodeDirectory(Date.now);
  directory.apply(presenceSchema.parse({ serviceId: 'far', status: 'online' }), 'link', { signed: true });
  const gateway = new Gateway({
    nodeId: 'me',
    instance: 'i',
    topics: new FederationTopics('c'),
    directory,
    link: { connected: true, unsentBytes: 0 },
    circuits: { answered: () => undefined, stateOf: () => 'closed' },
    standing: { ...noStanding, ...standing },
    reach: { best: () => undefined, isCongested: () => false },
    outgoing: { send: (target: string, _form: string, message: Record<string, unknown>) => void sent.push({ target, message }) },
    here: () => ({ clients: { receive: (message: unknown) => void ran.push(message) }, relay: {} }),
    logger: recordingLogger(),
    nowMs: Date.now,
  } as unknown as GatewayOptions);
  const receive = (message: Parameters<Gateway['receive']>[0]) =>
    gateway.receive(message, { origin: 'far', form: 'secure', ageMs: 0, via: 'inbox' });
  return { gateway, sent, ran, receive };
}

describe('the standing of another node', () => {
  it('lets its calls be answered with a refusal while it is graylisted, and its answers through', () => {
    const conducts: unknown[] = [];
    const { gateway, sent, ran, receive } = open({
      isGraylisted: () => true,
      conduct: (nodeId, kind) => void conducts.push([nodeId, kind]),
    });
    receive({ type: 'rpc', requestid: 'r', method: 'node.status', originId: 'far' } as never);
    receive({ type: 'subscribe', requestid: 's', topic: '/stats', originId: 'far' } as never);
    expect(ran).toEqual([]);
    expect(sent.map(({ message }) => [message.requestid, message.status, message.code])).toEqual([
      ['r', 'error', 'OVERLOADED'],
      ['s', 'error', 'OVERLOADED'],
    ]);
    const { requestId, answer } = gateway.pending.open('far');
    receive({ type: 'rpc_response', requestid: requestId, status: 'success', data: 7, originId: 'far' } as never);
    expect(conducts).toEqual([['far', 'useful']]);
    return expect(answer).resolves.toBe(7);
  });

  it('is told to the router, which asks others first', () => {
    const trustedOf = (standing: Partial<PeerStanding>) =>
      open(standing)
        .gateway.list()
        .map(({ nodeId, trusted }) => [nodeId, trusted]);
    expect(trustedOf({ mayRelay: () => false })).toEqual([['far', false]]);
    expect(trustedOf({})).toEqual([['far', true]]);
  });

  it('suffers from what was refused of it, as far as it is proven who handed it over', () => {
    const blamed: unknown[] = [];
    const refused = new RefusedMessages({
      onRefused: () => undefined,
      audit: undefined,
      standing: { ...noStanding, refused: (nodeId, error) => void blamed.push([nodeId, (error as SignalboxError).code]) },
      logger: recordingLogger(),
    });
    refused.add('relayed by far', new SignalboxError('BAD_SIGNATURE', 'It is not signed by who it names.'), 'far');
    refused.add('broadcast', new SignalboxError('BAD_SIGNATURE', 'It is not signed by who it names.'));
    expect(blamed).toEqual([['far', 'BAD_SIGNATURE']]);
  });
});
