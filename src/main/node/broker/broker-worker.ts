/** The thread of a node's queue broker: sockets, consensus and state machines of all its groups (queue.md 5.3). */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { toErrorShape } from '../../../common/errors.ts';
import type { Logger } from '../telemetry/index.ts';
import { Broker, type RequestOutcome } from './broker.ts';
import type { OperationAnswer } from './broker-face.ts';
import { PortPeerTrust } from './peers/index.ts';
import { toWireMessage } from './protocol/index.ts';
import type { Caller } from './server/operations/index.ts';
import type { BrokerWorkerData, FromBrokerWorker, ToBrokerWorker } from './worker-messages.ts';

const statusEveryMs = 1_000;

const port = parentPort;
if (port === null) throw new Error('the broker runs in a thread of its own');
const { trustPort, anonymous, ...options } = workerData as BrokerWorkerData;

let anonymousAllowed = anonymous;
let nextTokenId = 1;
let statusScheduled = false;
let statusTimer: NodeJS.Timeout | undefined;
const tokens = new Map<number, (caller: Caller | undefined) => void>();

function post(message: FromBrokerWorker): void {
  port?.postMessage(message);
}

const write =
  (level: keyof Logger) =>
  (event: string, message: string, fields?: Readonly<Record<string, unknown>>): void =>
    post({ type: 'log', level, event, message, fields: fields === undefined ? undefined : plainFields(fields) });
const logger: Logger = {
  trace: write('trace'),
  debug: write('debug'),
  info: write('info'),
  warn: write('warn'),
  error: write('error'),
  fatal: write('fatal'),
};

/** Errors keep their text between threads; other things that cannot be passed on become text. */
function plainFields(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, typeof value === 'function' ? String(value) : value]));
}

/** @throws SignalboxError; Error of the system when the port cannot be had */
async function startBroker(): Promise<Broker> {
  const broker = await Broker.create({
    ...options,
    trust: new PortPeerTrust(trustPort),
    anonymous: () => anonymousAllowed,
    checkToken: (token) =>
      new Promise((resolve) => {
        const id = nextTokenId++;
        tokens.set(id, resolve);
        post({ type: 'checkToken', id, token });
      }),
    logger,
    problems: {
      raise: (problem) => post({ type: 'raise', problem }),
      clear: (problemId) => post({ type: 'clear', problemId }),
    },
    onRole: () => tellSoon(broker),
  });
  await broker.start();
  return broker;
}

/** Changes of one turn are told once. */
function tellSoon(broker: Broker): void {
  if (statusScheduled) return;
  statusScheduled = true;
  setImmediate(() => {
    statusScheduled = false;
    post({ type: 'status', report: broker.status(), figures: undefined });
  });
}

function toAnswer(outcome: RequestOutcome): OperationAnswer {
  if ('refusal' in outcome) return { status: 'error', ...outcome.refusal };
  const { fields, messages, single, previewBytes } = outcome.answer;
  const shown = messages?.map((message) => toWireMessage(message, previewBytes));
  return { status: 'success', ...fields, ...(shown !== undefined && (single === true ? shown[0] : { messages: shown })) };
}

function take(broker: Broker, message: ToBrokerWorker): void {
  switch (message.type) {
    case 'request': {
      const { id, operation, caller } = message;
      void broker
        .request(operation, caller, (progress) => post({ type: 'progress', id, progress }))
        .then((outcome) => post({ type: 'answer', id, answer: toAnswer(outcome) }));
      break;
    }
    case 'token':
      tokens.get(message.id)?.(message.caller);
      tokens.delete(message.id);
      break;
    case 'anonymous':
      anonymousAllowed = message.allowed;
      break;
    case 'stop':
      void end(broker);
      break;
  }
}

async function end(broker: Broker | undefined): Promise<void> {
  clearInterval(statusTimer);
  await broker?.stop();
  trustPort.close();
  // The thread ends with its last port, once what was posted has gone.
  port?.close();
}

async function run(own: MessagePort): Promise<void> {
  try {
    const broker = await startBroker();
    own.on('message', (message: ToBrokerWorker) => take(broker, message));
    post({ type: 'started' });
    tellSoon(broker);
    statusTimer = setInterval(() => post({ type: 'status', report: broker.status(), figures: broker.figures() }), statusEveryMs);
  } catch (error) {
    logger.error('broker.notStarted', 'The queue broker did not start.', { error });
    post({ type: 'startFailed', error: toErrorShape(error), systemCode: (error as NodeJS.ErrnoException).code });
    await end(undefined);
  }
}

void run(port);
