import { startFarNode } from '../../helpers/far-process.ts';
import { startFederatedRouter, untilReachability } from '../../helpers/federated-router.ts';
import { startMosquitto } from '../../helpers/mosquitto.ts';
import { WriteLoad, type WriteLoadReport } from './write-load.ts';

export interface BrokerKillReport extends WriteLoadReport {
  readonly kills: number;
  /** Longest time from the start of the broker until the nodes saw each other again. */
  readonly slowestReturnMs: number;
}

/** Kills and restarts the broker again and again while one node has another write. */
export async function killBrokerUnderLoad(kills: number): Promise<BrokerKillReport> {
  const broker = await startMosquitto();
  const far = await startFarNode({ name: 'far', url: broker.url });
  const near = await startFederatedRouter({ name: 'near', url: broker.url });
  await untilReachability(near, far.nodeId, 'online');
  const load = new WriteLoad(near.client(), far.nodeId);
  const running = load.run();
  let slowestReturnMs = 0;
  for (let kill = 0; kill < kills; kill++) {
    await load.untilBusy();
    await broker.kill();
    await untilReachability(near, far.nodeId, 'unknown');
    const startedAtMs = performance.now();
    await broker.start();
    await untilReachability(near, far.nodeId, 'online');
    slowestReturnMs = Math.max(slowestReturnMs, performance.now() - startedAtMs);
  }
  load.stop();
  await running;
  // Whatever still runs there has been answered by then: answers come in order.
  await near.client().call('nodes.clock', {}, { serviceId: far.nodeId });
  return { kills, slowestReturnMs: Math.round(slowestReturnMs), ...load.compare(await far.effects()) };
}
