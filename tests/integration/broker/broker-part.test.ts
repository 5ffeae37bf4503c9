/** The queue broker as a part of its node: what of the node reaches its thread while it runs. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { BrokerPart } from '../../../src/main/node/broker/broker-part.ts';
import { createSelfSigned } from '../../../src/main/node/certificates/index.ts';
import { Config } from '../../../src/main/node/config/index.ts';
import { Metrics } from '../../../src/main/node/telemetry/index.ts';
import { staticPeerTrust } from '../../helpers/broker-trust.ts';
import { listenerCertificate } from '../../helpers/listener-certificate.ts';
import { recordingLogger } from '../../helpers/router-fixture.ts';
import { until } from '../../helpers/until.ts';

/** The certificate that a port shows, SHA-256 of all of it. */
function shownAt(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().fingerprint256.replaceAll(':', '').toLowerCase());
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

test('a renewed certificate is shown at the port at once, and connections that are open stay', async () => {
  const { certificate, problems, folder, files } = await listenerCertificate('files', { lookEveryMs: 20 });
  const { trust, nodeId } = staticPeerTrust({ byte: 1, members: [1] });
  const part = new BrokerPart({
    config: await Config.load({ file: join(folder, 'config.json'), overrides: { 'broker.enabled': true, 'broker.port': 0 } }),
    dataFolder: folder,
    nodeId,
    resourcesPath: undefined,
    certificate,
    trust,
    authenticate: () => undefined,
    logger: recordingLogger(),
    problems,
    metrics: new Metrics(),
  });
  onTestFinished(() => part.stop());
  await part.start();
  await until(() => part.status().state === 'running' && part.status().port !== null);
  const port = part.status().port ?? 0;
  expect(await shownAt(port)).toBe(certificate.facts?.certificateFingerprint);

  const open = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  await new Promise((resolve) => open.once('secureConnect', resolve));
  const before = certificate.facts?.certificateFingerprint;
  const next = await createSelfSigned({ commonName: 'next', hosts: ['localhost'], notAfterMs: Date.now() + 90 * 86_400_000 });
  await writeFile(files.certFile, next.certificate);
  await writeFile(files.keyFile, next.key);
  await until(() => certificate.facts?.certificateFingerprint !== before);
  await expect.poll(() => shownAt(port)).toBe(certificate.facts?.certificateFingerprint);
  expect(open.destroyed).toBe(false);
  open.destroy();
});
