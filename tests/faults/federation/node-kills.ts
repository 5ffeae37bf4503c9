import { once } from 'node:events';
import { startFarNode } from '../../helpers/far-process.ts';
import { startFederatedRouter, untilReachability } from '../../helpers/federated-router.ts';
import { startMosquitto } from '../../helpers/mosquitto.ts';
import { WriteLoad, type WriteLoadReport } from './write-load.ts';

export interface NodeKillReport extends WriteLoadReport {
  readonly kills: number;
}

/** Kills and restarts a node again and again while another has it write. */
export async function killNodeUnderLoad(kills: number): Promise<NodeKillReport> {
  const broker = await startMosquitto();
  const options = { name: 'far', url: broker.url };
  let far = await startFarNode(options);
  const near = await startFederatedRouter({ name: 'near', url: broker.url });
  await untilReachability(near, far.nodeId, 'online');
  const load = new WriteLoad(near.client(), far.nodeId);
  const running = load.run();
  for (let kill = 0; kill < kills; kill++) {
    await load.untilBusy();
    const gone = once(far.child, 'exit');
    far.child.kill('SIGKILL');
    await Promise.all([gone, untilReachability(near, far.nodeId, 'offline')]);
    far = await startFarNode({ ...options, again: far });
    await untilReachability(near, far.nodeId, 'online');
  }
  load.stop();
  await running;
  await near.client().call('nodes.clock', {}, { serviceId: far.nodeId });
  return { kills, ...load.compare(await far.effects()) };
}
