import { setTimeout as pause } from 'node:timers/promises';
import type { SignalboxError } from '../../../src/common/errors.ts';
import { startFarNode } from '../../helpers/far-process.ts';
import { failure, startFederatedRouter, untilReachability } from '../../helpers/federated-router.ts';
import { startMosquitto } from '../../helpers/mosquitto.ts';

/** Calls that wait while the node is frozen, of each kind. */
const calls = 50;

export interface FrozenNodeReport {
  /** From SIGSTOP until the other nodes showed it off line. */
  readonly offlineAfterMs: number;
  /** From the turn in which its loss was known until the last call that waited for it had its error. */
  readonly lastErrorAfterMs: number;
  /** From SIGCONT until the other nodes had it on line again. */
  readonly backAfterMs: number;
  /** Code and `executed` of the calls without a near deadline, and of writes whose deadline passed while it was frozen. */
  readonly hanging: readonly string[];
  readonly stale: readonly string[];
  /** Writes that took effect: those asked before it was frozen and after it was back, and no stale one. */
  readonly effects: readonly string[];
  /** Events that came over the one subscription, made before it was frozen. */
  readonly events: readonly unknown[];
}

/**
 * Freezes a node with SIGSTOP, watches two others notice, and lets it go on.
 *
 * @param frozenMs how long at least; it is always as long as the others need to notice and stale deadlines to pass
 * @param keepaliveSeconds of the node, by which the broker notices
 */
export async function freezeNode(frozenMs: number, keepaliveSeconds: number): Promise<FrozenNodeReport> {
  const broker = await startMosquitto();
  const far = await startFarNode({ name: 'far', url: broker.url, keepaliveSeconds });
  const [near, other] = await Promise.all([
    startFederatedRouter({ name: 'near', url: broker.url }),
    startFederatedRouter({ name: 'other', url: broker.url }),
  ]);
  const untilBothSee = async (reachability: 'online' | 'offline') => {
    await Promise.all([near, other].map((node) => untilReachability(node, far.nodeId, reachability)));
  };
  await untilBothSee('online');
  const client = near.client();
  const write = (name: string, timeoutMs: number) =>
    client.call('logs.setLevel', { name, level: 'info' }, { serviceId: far.nodeId, timeoutMs });
  const subscription = client.subscribe(`${far.nodeId}/site/tick`);
  await subscription.ready;
  await far.untilWanted(1);
  const events: unknown[] = [];
  const incoming = subscription[Symbol.asyncIterator]();
  const hear = async () => {
    const { value } = await incoming.next();
    events.push(value?.data);
  };
  far.publish('/site/tick', 'before');
  await hear();
  await write('before', 10_000);

  let knownAtMs = 0;
  near.federation.directory.listen({ lost: () => (knownAtMs = performance.now()) });
  const frozenAtMs = performance.now();
  far.child.kill('SIGSTOP');
  const hanging = Promise.all(
    Array.from({ length: calls }, () => failure(client.call('config.get', {}, { serviceId: far.nodeId, timeoutMs: 600_000 }))),
  );
  const stale = Promise.all(Array.from({ length: calls }, (_, index) => failure(write(`stale-${index}`, 200))));
  await untilBothSee('offline');
  const offlineAfterMs = performance.now() - frozenAtMs;
  const hangingErrors = await hanging;
  const lastErrorAfterMs = performance.now() - knownAtMs;
  const staleErrors = await stale;
  await pause(Math.max(0, frozenMs - (performance.now() - frozenAtMs)));

  const releasedAtMs = performance.now();
  far.child.kill('SIGCONT');
  await untilBothSee('online');
  const backAfterMs = performance.now() - releasedAtMs;
  // Nobody here did anything for it: the subscription is there again by itself.
  await far.untilWanted(2);
  far.publish('/site/tick', 'after');
  await hear();
  await write('after', 10_000);
  return {
    offlineAfterMs: Math.round(offlineAfterMs),
    lastErrorAfterMs: Math.round(lastErrorAfterMs * 10) / 10,
    backAfterMs: Math.round(backAfterMs),
    hanging: kinds(hangingErrors),
    stale: kinds(staleErrors),
    effects: await far.effects(),
    events,
  };
}

/** Code and `executed` of errors, each kind once. */
function kinds(errors: readonly SignalboxError[]): string[] {
  return [...new Set(errors.map(({ code, executed }) => `${code} ${executed}`))].sort();
}
