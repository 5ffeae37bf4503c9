import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ListenerCertificate, type ListenerCertificateOptions, OwnCertificate } from '../../src/main/node/certificates/index.ts';
import { createKeyFileStore } from '../../src/main/node/identity/index.ts';
import { Problems } from '../../src/main/node/telemetry/index.ts';
import { recordingLogger } from './router-fixture.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { testCertificate, testCertificateKey } from './test-certificate.ts';

const settings = { certFile: 'http.tlsCertFile', keyFile: 'http.tlsKeyFile' };

export interface CertificateUnderTest {
  readonly certificate: ListenerCertificate;
  readonly problems: Problems;
  readonly folder: string;
  readonly files: { readonly certFile: string; readonly keyFile: string };
}

/** The node's own certificate of a fresh folder, or the test's one out of files. Not started. */
export async function listenerCertificate(
  source: 'own' | 'files',
  options: Partial<ListenerCertificateOptions> = {},
): Promise<CertificateUnderTest> {
  const folder = await temporaryFolder();
  const files = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
  await mkdir(folder, { recursive: true });
  await writeFile(files.certFile, testCertificate);
  await writeFile(files.keyFile, testCertificateKey);
  const problems = new Problems();
  const certificate = new ListenerCertificate({
    listener: 'console',
    problemId: 'http.certificate',
    ...(source === 'files' && { files: { ...files, settings } }),
    own: new OwnCertificate({
      folder,
      secrets: createKeyFileStore(folder),
      commonName: 'Signalbox press-07',
      hosts: ['localhost', '127.0.0.1', '::1'],
    }),
    problems,
    logger: recordingLogger(),
    ...options,
  });
  return { certificate, problems, folder, files };
}
