/** The thread of a node's queue broker: sockets, consensus and state machines of all its groups (queue.md 5.3). */
import { runThread, type ThreadService, type ThreadSide } from '../threads/index.ts';
import { Broker, type RequestOutcome } from './broker.ts';
import type { OperationAnswer } from './broker-face.ts';
import { PortPeerTrust } from './peers/index.ts';
import { toWireMessage } from './protocol/index.ts';
import type { Caller } from './server/operations/index.ts';
import type { BrokerThread } from './worker-messages.ts';

const statusEveryMs = 1_000;

async function start({ data, logger, problems, report }: ThreadSide<BrokerThread>): Promise<ThreadService<BrokerThread>> {
  const { trustPort, anonymous, ...options } = data;
  let anonymousAllowed = anonymous;
  let nextTokenId = 1;
  const tokens = new Map<number, (caller: Caller | undefined) => void>();
  let broker: Broker | undefined;
  let statusScheduled = false;
  /** Changes of one turn are told once. */
  const tellSoon = () => {
    if (statusScheduled) return;
    statusScheduled = true;
    setImmediate(() => {
      statusScheduled = false;
      if (broker !== undefined) report('status', { report: broker.status(), figures: undefined });
    });
  };
  const create = async () => {
    const created = await Broker.create({
      ...options,
      trust: new PortPeerTrust(trustPort),
      anonymous: () => anonymousAllowed,
      checkToken: (token) =>
        new Promise((resolve) => {
          const id = nextTokenId++;
          tokens.set(id, resolve);
          report('checkToken', { id, token });
        }),
      logger,
      problems,
      onRole: tellSoon,
    });
    broker = created;
    await created.start();
    return created;
  };
  const running = await create().catch((error: unknown) => {
    logger.error('broker.notStarted', 'The queue broker did not start.', { error });
    trustPort.close();
    throw error;
  });
  tellSoon();
  const timer = setInterval(() => report('status', { report: running.status(), figures: running.figures() }), statusEveryMs);
  return {
    ready: undefined,
    methods: {
      request: async ({ operation, caller }, { progress }) => toAnswer(await running.request(operation, caller, progress)),
    },
    told: {
      token: ({ id, caller }) => {
        tokens.get(id)?.(caller);
        tokens.delete(id);
      },
      anonymous: (allowed) => {
        anonymousAllowed = allowed;
      },
      certificate: (certificate) => broker?.setCertificate(certificate),
    },
    stop: async () => {
      clearInterval(timer);
      await running.stop();
      trustPort.close();
    },
  };
}

function toAnswer(outcome: RequestOutcome): OperationAnswer {
  if ('refusal' in outcome) return { status: 'error', ...outcome.refusal };
  const { fields, messages, single } = outcome.answer;
  const shown = messages?.map((message) => toWireMessage(message, outcome.answer));
  return { status: 'success', ...fields, ...(shown !== undefined && (single === true ? shown[0] : { messages: shown })) };
}

runThread(start);
