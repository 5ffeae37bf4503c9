import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { SignalboxError } from '../../../common/errors.ts';
import type { TlsFiles, TlsMaterial } from './tls-material.ts';

/** Settings that name the files, for the texts of errors. */
export interface FileSettings {
  readonly certFile: string;
  readonly keyFile: string;
}

/**
 * Reads a certificate and its key, and checks that a listener can use them together.
 *
 * @throws SignalboxError `INVALID_PARAMS` naming the setting whose file cannot be used, and why
 */
export async function readCertificateFiles(files: TlsFiles, settings: FileSettings): Promise<TlsMaterial> {
  // One after the other, so that of two that cannot be read the same one is always named.
  const certificate = await read(settings.certFile, files.certFile);
  const key = await read(settings.keyFile, files.keyFile);
  const parsed = parse(settings.certFile, files.certFile, 'a certificate in PEM', () => new X509Certificate(certificate));
  const privateKey = parse<KeyObject>(settings.keyFile, files.keyFile, 'a private key in PEM without a passphrase', () =>
    createPrivateKey(key),
  );
  if (!parsed.checkPrivateKey(privateKey))
    throw unusable(
      `The key in ${files.keyFile} does not belong to the certificate in ${files.certFile}. Check ${settings.certFile} and ${settings.keyFile}.`,
    );
  try {
    createSecureContext({ cert: certificate, key });
  } catch (cause) {
    const why = `The certificate in ${files.certFile} and the key in ${files.keyFile} cannot be used: ${(cause as Error).message}. Check ${settings.certFile} and ${settings.keyFile}.`;
    throw unusable(why, cause);
  }
  return { certificate, key };
}

/** Changes when one of the files does; a file that is not there counts as well. */
export async function versionOf({ certFile, keyFile }: TlsFiles): Promise<string> {
  const versions = await Promise.all(
    [certFile, keyFile].map((file) =>
      stat(file).then(
        ({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`,
        () => 'missing',
      ),
    ),
  );
  return versions.join(', ');
}

async function read(setting: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw unusable(`${setting}: the file ${file} cannot be read: ${(cause as Error).message}.`, cause);
  }
}

function parse<T>(setting: string, file: string, what: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    throw unusable(`${setting}: the file ${file} does not hold ${what}.`, cause);
  }
}

function unusable(message: string, cause?: unknown): SignalboxError {
  return new SignalboxError('INVALID_PARAMS', message, { executed: 'no', ...(cause !== undefined && { cause }) });
}
