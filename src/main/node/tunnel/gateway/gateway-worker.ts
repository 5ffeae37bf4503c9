/** The thread of a node's gateway: sockets of agents and clients, and what passes between them. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { toErrorShape } from '../../../../common/errors.ts';
import type { Logger } from '../../telemetry/types.ts';
import { Gateway } from './gateway.ts';
import { PublicCertificates } from './public-certificates.ts';
import { describeRoutes, describeSession } from './report.ts';
import type { RouteDefinition } from './types.ts';
import type {
  FromGatewayWorker,
  GatewayAnswers,
  GatewayFigures,
  GatewayRequest,
  GatewayWorkerData,
  ToGatewayWorker,
} from './worker-messages.ts';

const figuresEveryMs = 1_000;

const port = parentPort;
if (port === null) throw new Error('the gateway runs in a thread of its own');
const data = workerData as GatewayWorkerData;

let routes: readonly RouteDefinition[] = data.routes;
let timer: NodeJS.Timeout | undefined;
let agentsChanged = true;
/** Since they were last told. */
const tokensUsed = new Set<string>();

function post(message: FromGatewayWorker): void {
  port?.postMessage(message);
}

const write =
  (level: keyof Logger) =>
  (event: string, message: string, fields?: Readonly<Record<string, unknown>>): void =>
    post({ type: 'log', level, event, message, fields });
const logger: Logger = {
  trace: write('trace'),
  debug: write('debug'),
  info: write('info'),
  warn: write('warn'),
  error: write('error'),
  fatal: write('fatal'),
};

const certificates = new PublicCertificates({
  own: data.certificate,
  folder: data.public.tls === 'files' ? data.public.folder : undefined,
  problems: {
    raise: (problem) => post({ type: 'raise', problem }),
    clear: (problemId) => post({ type: 'clear', problemId }),
  },
  logger,
});

const gateway = new Gateway({
  nodeId: data.nodeId,
  version: data.version,
  agents: { ...data.agents, certificate: data.certificate },
  public: { ...data.public, tls: data.public.tls === 'off' ? undefined : certificates },
  tcpPorts: data.tcpPorts,
  tokens: data.tokens,
  routes,
  expected: data.expected,
  logger,
  onChange: () => {
    agentsChanged = true;
  },
  onTokenUsed: (tokenId) => tokensUsed.add(tokenId),
});

function figures(): GatewayFigures {
  const { failed, held, turnedAway } = gateway.signIns;
  let links = 0;
  let droppedBytes = 0;
  for (const session of gateway.sessions) {
    links += session.links;
    droppedBytes += session.droppedBytes;
  }
  return {
    sessions: gateway.sessions.length,
    links,
    droppedBytes,
    totals: gateway.totals,
    signInFailures: failed,
    signInsHeld: held,
    turnedAway,
  };
}

function tell(): void {
  post({ type: 'figures', figures: figures() });
  if (agentsChanged) post({ type: 'agents', agents: gateway.expectedAgents });
  agentsChanged = false;
  if (tokensUsed.size === 0) return;
  post({ type: 'tokensUsed', tokenIds: [...tokensUsed] });
  tokensUsed.clear();
}

function answer(request: GatewayRequest): GatewayAnswers[keyof GatewayAnswers] {
  switch (request.what) {
    case 'sessions':
      return gateway.sessions.map(describeSession);
    case 'routes':
      return describeRoutes(gateway, routes);
    case 'tokens':
      return gateway.setTokens(request.tokens);
    case 'closeSession':
      return gateway.closeSession(request.sessionId);
  }
}

function take(message: ToGatewayWorker): void {
  switch (message.type) {
    case 'ask':
      post({ type: 'answer', id: message.id, answer: answer(message.request) });
      break;
    case 'routes':
      routes = message.routes;
      gateway.setRoutes(routes);
      break;
    case 'stop':
      void end();
      break;
  }
}

async function end(): Promise<void> {
  clearInterval(timer);
  try {
    await gateway.stop();
    await certificates.stop();
  } catch (error) {
    logger.error('gateway.stopFailed', 'The gateway did not stop as it should.', { error });
  }
  // The thread ends with its last port, once what was posted has gone.
  port?.close();
}

async function run(own: MessagePort): Promise<void> {
  try {
    await certificates.start();
    await gateway.start();
    const { agentsAddress, publicAddress } = gateway;
    if (agentsAddress === undefined || publicAddress === undefined) throw new Error('the gateway does not listen');
    own.on('message', take);
    post({ type: 'started', agents: agentsAddress, public: publicAddress });
    tell();
    timer = setInterval(tell, figuresEveryMs);
  } catch (error) {
    post({ type: 'startFailed', error: toErrorShape(error), systemCode: (error as NodeJS.ErrnoException).code });
    await certificates.stop();
    port?.close();
  }
}

void run(port);
