/**
 * The far process of the remote events benchmark: a node whose events others follow, and a program that publishes the same
 * events with bare mqtt.js. Also answers calls. `node remote-events-source.ts URL FOLDER`.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { startBenchNode } from './bench-node.ts';
import { openClient } from './broker-process.ts';

export const sourceTopic = '/bench/load';
/** Where the bare program publishes. */
export const bareTopic = 'cloudisense/bench/events';

export interface PublishOrder {
  readonly by: 'signalbox' | 'mqtt.js';
  readonly turns: number;
  readonly eventsPerTurn: number;
  /** Text of each event, and of the last of the set. */
  readonly text: string;
  readonly lastText: string;
}

export interface SourceReady {
  readonly nodeId: string;
}

if (process.send !== undefined) {
  const [url = '', folder = ''] = process.argv.slice(2);
  const { nodeId, router } = await startBenchNode({ name: 'b', url, folder });
  router.register({ 'config.validate': () => ({ valid: true, issues: [], restartNeeded: [] }) });
  const client = await openClient(url);
  let seq = 0;
  const publish: Record<PublishOrder['by'], (data: object) => void> = {
    signalbox: (data) => void router.publish(sourceTopic, data),
    'mqtt.js': (data) => {
      const meta = { identity: nodeId, seq: ++seq };
      const event = { type: 'event', name: 'data_generated', status: 'data', topic: sourceTopic, data, meta, timestamp: Date.now() };
      client.publish(bareTopic, JSON.stringify(event));
    },
  };
  const publishSet = async ({ by, turns, eventsPerTurn, text, lastText }: PublishOrder) => {
    for (let turn = 0; turn < turns; turn++) {
      for (let event = 0; event < eventsPerTurn; event++) {
        const isLast = turn === turns - 1 && event === eventsPerTurn - 1;
        publish[by]({ text: isLast ? lastText : text });
      }
      await nextTurn();
    }
  };
  process.on('message', (order: PublishOrder) => void publishSet(order));
  process.send({ nodeId } satisfies SourceReady);
}
