/** Our gateway in a process of its own, with its default bounds and one token. Says its two ports. */
import { Gateway } from '../../../src/main/node/tunnel/gateway/gateway.ts';
import { recordingLogger } from '../../helpers/router-fixture.ts';
import { testCertificate, testCertificateKey } from '../../helpers/test-certificate.ts';
import { agentName, benchToken } from './systems.ts';

const gateway = new Gateway({
  nodeId: 'n1gateway',
  version: 'bench',
  agents: { host: '127.0.0.1', port: 0, certificate: { certificate: testCertificate, key: testCertificateKey }, allowPlain: false },
  public: { host: '127.0.0.1', port: 0, tls: undefined, domain: 'localhost' },
  tcpPorts: [],
  tokens: [
    {
      tokenId: benchToken.tokenId,
      agentIds: [agentName],
      kinds: ['http'],
      legacy: false,
      duplicates: 'replace',
      secrets: [{ version: 1, secret: benchToken.secret, untilMs: null }],
    },
  ],
  routes: [],
  logger: recordingLogger(),
});
await gateway.start();
process.send?.({ agents: gateway.agentsAddress?.port, clients: gateway.publicAddress?.port });
process.on('disconnect', () => process.exit());
