/** The thread of a node's tunnels: connections to gateways and to local services (tunnel.md: never on the main thread). */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { toErrorShape } from '../../../../common/errors.ts';
import { TunnelRunner } from './tunnel-runner.ts';
import type { AgentAsk, AgentWorkerData, FromAgentWorker, ToAgentWorker } from './worker-messages.ts';

const statusEveryMs = 1_000;

const port = parentPort;
if (port === null) throw new Error('tunnels run in a thread of their own');

const asked = new Map<number, AbortController>();
const post = (message: FromAgentWorker) => port.postMessage(message);
const runner = new TunnelRunner({ ...(workerData as AgentWorkerData), post });
const timer = setInterval(() => runner.report(), statusEveryMs);

async function answer(id: number, ask: AgentAsk): Promise<void> {
  const control = new AbortController();
  asked.set(id, control);
  try {
    post({ type: 'answer', id, result: await runner.ask(ask, control.signal) });
  } catch (error) {
    post({ type: 'failed', id, error: toErrorShape(error) });
  } finally {
    asked.delete(id);
  }
}

async function end(own: MessagePort): Promise<void> {
  clearInterval(timer);
  for (const control of asked.values()) control.abort();
  await runner.stop();
  // The thread ends with its last port, once what was posted has gone.
  own.close();
}

port.on('message', (message: ToAgentWorker) => {
  switch (message.type) {
    case 'set':
      runner.set(message.definition, message.revision);
      break;
    case 'capture':
      runner.setCapture(message.tunnelId, message.capture);
      break;
    case 'remove':
      runner.remove(message.tunnelId);
      break;
    case 'listen':
      runner.setListening(message.agentIds);
      break;
    case 'ask':
      void answer(message.id, message.ask);
      break;
    case 'cancel':
      asked.get(message.id)?.abort();
      break;
    case 'stop':
      void end(port);
      break;
  }
});
