/** The certificate of the console in the real application: made, kept and served by Electron's own TLS. */
import { X509Certificate } from 'node:crypto';
import { connect, type SecureVersion } from 'node:tls';
import { expect, test } from '@playwright/test';
import { type ConsoleUnderTest, goTo, openWindow } from '../helpers/console.ts';

interface Shown {
  readonly protocol: string | null;
  readonly fingerprint: string;
}

function shownAt(port: number, maxVersion: SecureVersion): Promise<Shown> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, maxVersion }, () => {
      const { fingerprint256 } = new X509Certificate(socket.getPeerCertificate().raw);
      const protocol = socket.getProtocol();
      socket.destroy();
      resolve({ protocol, fingerprint: fingerprint256.replaceAll(':', '').toLowerCase() });
    });
    socket.once('error', reject);
  });
}

test('the application speaks TLS with a certificate of its own, which is the same after a restart', async () => {
  const settings = { version: 1, values: { 'http.tls': 'always', 'http.port': 0 } };
  const opened: ConsoleUnderTest = await openWindow({ 'config.json': JSON.stringify(settings) });
  try {
    const read = async (page: ConsoleUnderTest['page']) => {
      await goTo(page, '/settings?section=network');
      const text = await page.getByRole('region', { name: 'Certificate of the console' }).innerText();
      return { text: text.replaceAll(/\s/g, ''), port: Number(/https:\/\/127\.0\.0\.1:(\d+)/.exec(text)?.[1]) };
    };
    const first = await read(opened.page);
    const current = await shownAt(first.port, 'TLSv1.3');
    expect(current.protocol).toBe('TLSv1.3');
    expect(first.text).toContain(current.fingerprint);
    expect(await shownAt(first.port, 'TLSv1.2')).toEqual({ protocol: 'TLSv1.2', fingerprint: current.fingerprint });
    await expect(shownAt(first.port, 'TLSv1.1')).rejects.toThrow();
    const again = await read(await opened.restart());
    expect((await shownAt(again.port, 'TLSv1.3')).fingerprint).toBe(current.fingerprint);
  } finally {
    await opened.close();
  }
});
