/**
 * A federated node in a process of its own, to be frozen, killed or cut off: `node far-node.ts OPTIONS`. Does what its
 * parent orders over IPC and reports what it sees; {@link startFarNode} is the other end.
 */
import { appendFileSync } from 'node:fs';
import { toErrorShape } from '../../src/common/errors.ts';
import type { Principal } from '../../src/common/roles.ts';
import type { EncodedEvent } from '../../src/main/node/router/index.ts';
import { startFederatedNode } from './federated-node.ts';

export interface FarNodeOptions {
  readonly name: string;
  readonly nodeId: string;
  readonly url: string;
  readonly folder: string;
  readonly keepaliveSeconds: number;
  /** The side effect of the one method that writes: a line of this file, its parameter `name`. */
  readonly effectsFile: string;
}

export type FarOrder =
  | {
      readonly kind: 'call';
      readonly id: number;
      readonly node: string;
      readonly method: string;
      readonly params: Readonly<Record<string, unknown>>;
      readonly timeoutMs: number;
    }
  | { readonly kind: 'publish'; readonly topic: string; readonly data: unknown }
  | { readonly kind: 'subscribe'; readonly filter: string }
  | { readonly kind: 'stop' };

export type FarReport =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answer'; readonly id: number; readonly data: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly error: ReturnType<typeof toErrorShape> }
  | { readonly kind: 'reachability'; readonly nodes: Readonly<Record<string, string>> }
  /** Somebody began or ceased to follow `/site/tick`. */
  | { readonly kind: 'wanted'; readonly wanted: boolean }
  /** A call of `config.get` has begun. */
  | { readonly kind: 'running' }
  | { readonly kind: 'subscribed'; readonly filter: string }
  | { readonly kind: 'event'; readonly topic: string; readonly data: unknown };

const principal: Principal = { user: 'test@node', roles: ['operator'], via: 'cli' };
const { name, nodeId, url, folder, keepaliveSeconds, effectsFile } = JSON.parse(process.argv[2] ?? '{}') as FarNodeOptions;

const { router, federation, stop } = await startFederatedNode({
  name,
  nodeId,
  url,
  folder,
  federation: { keepaliveSeconds },
  handlers: () => ({
    'logs.setLevel': (params) => {
      appendFileSync(effectsFile, `${params.name}\n`);
      return { changed: [params.name] };
    },
    // Runs until it is ended.
    'config.get': (_params, { signal }) =>
      new Promise((_resolve, reject) => {
        report({ kind: 'running' });
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      }),
  }),
});

function report(message: FarReport): void {
  // The parent may have gone.
  if (process.connected) process.send?.(message);
}

function look(): void {
  report({
    kind: 'reachability',
    nodes: Object.fromEntries(federation.directory.all().map((node) => [node.nodeId, node.reachability])),
  });
}
federation.directory.listen({ changed: look });
look();
router.onDemand('/site/tick', (wanted) => report({ kind: 'wanted', wanted }));

const subscriber = {
  deliver: ({ message }: EncodedEvent) => report({ kind: 'event', topic: message.topic, data: message.data }),
};

process.on('message', (order: FarOrder) => {
  switch (order.kind) {
    case 'call': {
      const { id, node, method, params, timeoutMs } = order;
      router.callAt({ node }, method, params, { principal, timeoutMs }).then(
        (data) => report({ kind: 'answer', id, data }),
        (error: unknown) => report({ kind: 'failure', id, error: toErrorShape(error) }),
      );
      break;
    }
    case 'publish':
      router.publish(order.topic, order.data);
      break;
    case 'subscribe':
      void router.subscribe(subscriber, order.filter).then(() => report({ kind: 'subscribed', filter: order.filter }));
      break;
    case 'stop':
      void stop().then(() => process.disconnect());
      break;
  }
});
// Whoever started it has gone: nobody would end it.
process.on('disconnect', () => process.exit());
report({ kind: 'ready' });
