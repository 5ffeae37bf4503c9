/** A page with a hundred files in Chromium, through a tunnel: six connections at once, each used again and again. */
import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';
import { expect, onTestFinished, test } from 'vitest';
import { startTunnel } from '../../helpers/tunnel-fixture.ts';
import { startTunnelOrigin } from '../../helpers/tunnel-origin.ts';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

test.skipIf(!existsSync(executablePath))(
  'Chromium loads a page with 100 files, and events come to it (skipped without Chromium)',
  async () => {
    const origin = await startTunnelOrigin();
    const { publicPort } = await startTunnel(origin.target);
    const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
    onTestFinished(() => browser.close());
    const page = await browser.newPage();
    const failed: string[] = [];
    page.on('requestfailed', (request) => failed.push(request.url()));
    await page.goto(`http://press-07.localhost:${publicPort}/page?assets=100`, { waitUntil: 'load' });
    expect(await page.evaluate('window.loaded.size')).toBe(100);
    expect(failed).toEqual([]);
    expect(origin.seen.filter(({ url }) => url.startsWith('/asset/'))).toHaveLength(100);

    const events = page.evaluate(`new Promise((resolve) => {
    const got = [];
    const source = new EventSource('/events');
    source.onmessage = ({ data }) => {
      got.push(data);
      if (got.length === 3) { source.close(); resolve(got); }
    };
  })`);
    for (const data of ['one', 'two', 'three']) await expect.poll(() => origin.tell(data)).toBe(true);
    expect(await events).toEqual(['one', 'two', 'three']);
    await expect.poll(() => origin.last('/events')?.aborted).toBe(true);

    const echoed = page.evaluate(`new Promise((resolve, reject) => {
    const socket = new WebSocket('ws://' + location.host + '/echo');
    socket.onopen = () => socket.send('through the tunnel');
    socket.onmessage = ({ data }) => resolve(data);
    socket.onerror = reject;
  })`);
    expect(await echoed).toBe('through the tunnel');
  },
);
