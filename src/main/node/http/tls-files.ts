import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { SignalboxError } from '../../../common/errors.ts';

/** Paths of the settings `http.tlsCertFile` and `http.tlsKeyFile`. */
export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** PEM texts. */
export interface TlsMaterial {
  readonly certificate: string;
  readonly key: string;
}

/** @throws SignalboxError `INVALID_PARAMS` naming the setting whose file cannot be used */
export async function readTlsFiles({ certFile, keyFile }: TlsFiles): Promise<TlsMaterial> {
  // One after the other, so that of two that cannot be read the same one is always named.
  const certificate = await read('http.tlsCertFile', certFile);
  const key = await read('http.tlsKeyFile', keyFile);
  try {
    createSecureContext({ cert: certificate, key });
  } catch (error) {
    throw new SignalboxError(
      'INVALID_PARAMS',
      `The certificate in ${certFile} and the key in ${keyFile} cannot be used together: ${(error as Error).message}. Check http.tlsCertFile and http.tlsKeyFile.`,
      { executed: 'no', cause: error },
    );
  }
  return { certificate, key };
}

async function read(setting: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new SignalboxError('INVALID_PARAMS', `${setting}: the file ${file} cannot be read: ${(error as Error).message}.`, {
      executed: 'no',
      cause: error,
    });
  }
}
