/** The console over HTTPS with the node's own certificate, as a person on another machine opens it. */

import { X509Certificate } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { connect } from 'node:tls';
import { expect, test } from '@playwright/test';
import { makeDataFolder } from '../helpers/app.ts';
import { expectAccessible } from '../helpers/axe.ts';
import { goTo, setUp } from '../helpers/console.ts';
import { startHeadless } from '../helpers/headless-node.ts';

/** What a browser's page about the certificate lists first. */
function shownBy(url: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false }, () => {
      const { fingerprint256 } = new X509Certificate(socket.getPeerCertificate().raw);
      socket.destroy();
      resolve(fingerprint256.replaceAll(':', '').toLowerCase());
    });
    socket.once('error', reject);
  });
}

test('a person compares the fingerprint in Settings, Network with that of the browser, and works over wss', async ({ browser }) => {
  const dataFolder = await makeDataFolder();
  const node = await startHeadless(dataFolder, ['--host', '0.0.0.0']);
  // The warning that a person clicks away after comparing.
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  try {
    expect(node.url).toMatch(/^https:/);
    const page = await context.newPage();
    const sockets: string[] = [];
    page.on('websocket', (socket) => sockets.push(socket.url()));
    await setUp(page, node.setupUrl ?? '', 'ada');
    expect(sockets.every((url) => url.startsWith('wss:'))).toBe(true);
    expect(sockets.length).toBeGreaterThan(0);
    await goTo(page, '/settings?section=network');
    const part = page.getByRole('region', { name: 'Certificate of the console' });
    await expect(part).toBeVisible();
    const text = (await part.innerText()).replaceAll(/\s/g, '');
    expect(text).toContain(node.fingerprint ?? '-');
    expect(text).toContain(await shownBy(node.url));
    await expect(page.getByRole('combobox', { name: 'TLS (https)' })).toBeVisible();
    await expectAccessible(page);
  } finally {
    await context.close();
    await node.stop();
    await rm(dataFolder, { recursive: true, force: true });
  }
});
