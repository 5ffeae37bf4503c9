/** The thread of a node's gateway: sockets of agents and clients, and what passes between them. */
import { runThread, type ThreadService, type ThreadSide } from '../../threads/index.ts';
import { Gateway } from './gateway.ts';
import { PublicCertificates } from './public-certificates.ts';
import { describeRoutes, describeSession } from './report.ts';
import type { GatewayFigures, GatewayThread } from './worker-messages.ts';

const figuresEveryMs = 1_000;

async function start({ data, logger, problems, report }: ThreadSide<GatewayThread>): Promise<ThreadService<GatewayThread>> {
  let { routes } = data;
  let agentsChanged = true;
  /** Since they were last told. */
  const tokensUsed = new Set<string>();
  const certificates = new PublicCertificates({
    own: data.certificate,
    folder: data.public.tls === 'files' ? data.public.folder : undefined,
    problems,
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
  const tell = () => {
    report('figures', figuresOf(gateway));
    if (agentsChanged) report('agents', gateway.expectedAgents);
    agentsChanged = false;
    if (tokensUsed.size === 0) return;
    report('tokensUsed', [...tokensUsed]);
    tokensUsed.clear();
  };
  const { agentsAddress, publicAddress } = await listen(gateway, certificates);
  tell();
  const timer = setInterval(tell, figuresEveryMs);
  return {
    ready: { agents: agentsAddress, public: publicAddress },
    methods: {
      sessions: () => gateway.sessions.map(describeSession),
      routes: () => describeRoutes(gateway, routes),
      tokens: (tokens) => gateway.setTokens(tokens),
      closeSession: (sessionId) => gateway.closeSession(sessionId),
    },
    told: {
      routes: (changed) => {
        routes = changed;
        gateway.setRoutes(changed);
      },
    },
    stop: async () => {
      clearInterval(timer);
      await gateway.stop();
      await certificates.stop();
    },
  };
}

/** @throws Error of the system when a port cannot be had; nothing is left open then */
async function listen(gateway: Gateway, certificates: PublicCertificates) {
  try {
    await certificates.start();
    await gateway.start();
    const { agentsAddress, publicAddress } = gateway;
    if (agentsAddress === undefined || publicAddress === undefined) throw new Error('the gateway does not listen');
    return { agentsAddress, publicAddress };
  } catch (error) {
    await certificates.stop();
    throw error;
  }
}

function figuresOf(gateway: Gateway): GatewayFigures {
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

runThread(start);
