import { describe, expect, test } from 'vitest';
import { classify, type MessageKind } from '../../../../../src/main/node/router/index.ts';

const self = { nodeId: `n1${'a'.repeat(52)}`, name: 'press-07' };

describe('classify', () => {
  const cases: [string, Record<string, unknown>, MessageKind][] = [
    ['a request without a node', { type: 'rpc', method: 'system.info' }, 'local_rpc'],
    ['a request with an empty node', { type: 'rpc', method: 'system.info', serviceId: null }, 'local_rpc'],
    ['a request for the own id', { type: 'rpc', method: 'system.info', serviceId: self.nodeId }, 'local_rpc'],
    ['a request for the own name', { type: 'rpc', method: 'system.info', serviceId: 'press-07' }, 'local_rpc'],
    ['a target that is this node', { type: 'rpc', method: 'system.info', target: { node: 'press-07' } }, 'local_rpc'],
    ['a request for another node', { type: 'rpc', method: 'system.info', serviceId: 'node-b' }, 'network_rpc'],
    ['a target that is another node', { type: 'rpc', method: 'system.info', target: { node: 'node-b' } }, 'network_rpc'],
    ['a request for every node', { type: 'rpc', method: 'node.restart', serviceId: '*' }, 'broadcast_rpc'],
    ['a request for any able node', { type: 'rpc', method: 'system.info', target: { any: 'broker' } }, 'chosen_rpc'],
    ['a request for all nodes', { type: 'rpc', method: 'system.info', target: { all: true } }, 'gathered_rpc'],
    ['a subscription', { type: 'rpc', method: 'subscribe_channel', serviceId: 'node-b' }, 'subscribe'],
    ['a subscription by its first name', { type: 'rpc', intent: 'unsubscribe_channel' }, 'subscribe'],
    ['a cancel', { type: 'rpc_cancel', requestid: 'r1' }, 'cancel'],
    ['an answer', { type: 'rpc_response' }, 'response'],
    ['progress', { type: 'rpc_progress' }, 'progress'],
    ['an event', { type: 'event' }, 'event'],
    ['anything else', { type: 'constructor' }, 'unknown'],
    ['no type', {}, 'unknown'],
  ];
  test.each(cases)('%s', (_name, message, kind) => {
    expect(classify(message, self)).toBe(kind);
  });
});
