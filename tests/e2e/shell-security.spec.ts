/** security.md 4.1, line by line, in the real window. */
import { expect, type Page, test } from '@playwright/test';
import { type App, launchApp, logLines } from '../helpers/app.ts';
import { watchOutsideLinks } from '../helpers/outside-links.ts';

let app: App;
let page: Page;
test.beforeAll(async () => {
  app = await launchApp();
  page = app.page;
});
test.afterAll(() => app?.close());

test('the window has the preferences of the table', async () => {
  const preferences = await app.electron.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    return (contents as unknown as { getLastWebPreferences(): Record<string, unknown> }).getLastWebPreferences();
  });
  expect(preferences).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
  });
  expect(preferences.enableBlinkFeatures ?? '').toBe('');
});

test('nothing of Node or Electron reaches the page', async () => {
  const found = await page.evaluate(() =>
    ['require', 'process', 'module', 'Buffer', 'global', 'exports', 'electron', 'ipcRenderer'].filter((name) => name in globalThis),
  );
  expect(found).toEqual([]);
});

test('window.signalbox is the bridge and nothing more', async () => {
  const keys = await page.evaluate(() => {
    const list = (value: object, prefix: string): string[] =>
      Object.entries(value).flatMap(([key, inner]) =>
        typeof inner === 'object' && inner !== null ? list(inner, `${prefix}${key}.`) : [`${prefix}${key}:${typeof inner}`],
      );
    return list((globalThis as unknown as { signalbox: object }).signalbox, '').sort();
  });
  expect(keys).toEqual([
    'connect:function',
    'demo.start:function',
    'demo.state:function',
    'demo.stop:function',
    'onAction:function',
    'onOpenView:function',
    'openExternal:function',
    'platform.desktop:boolean',
    'platform.os:string',
    'platform.version:string',
    'setTheme:function',
    'window.close:function',
    'window.minimize:function',
    'window.onState:function',
    'window.toggleMaximize:function',
  ]);
});

test('the page is served under the policy, with a new nonce each time', async () => {
  const headers = await page.evaluate(async () => {
    const read = async () => (await fetch('/index.html')).headers;
    const [first, second] = [await read(), await read()];
    return {
      policy: first.get('content-security-policy') ?? '',
      otherPolicy: second.get('content-security-policy') ?? '',
      sniff: first.get('x-content-type-options'),
      opener: first.get('cross-origin-opener-policy'),
    };
  });
  const directives = headers.policy.split('; ');
  for (const directive of [
    "default-src 'none'",
    "script-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "frame-src 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ]) {
    expect(directives).toContain(directive);
  }
  expect(headers.policy).not.toContain('unsafe');
  expect(headers.policy).not.toBe(headers.otherPolicy);
  expect(headers).toMatchObject({ sniff: 'nosniff', opener: 'same-origin' });
});

test('the console itself breaks no rule of the policy', async () => {
  const messages: string[] = [];
  const own = await launchApp();
  const heading = own.page.getByRole('heading', { level: 1 }).first();
  try {
    own.page.on('console', (message) => message.type() === 'error' && messages.push(message.text()));
    // A page that is still being opened cannot be loaded again.
    await heading.waitFor();
    await own.page.reload();
    await heading.waitFor();
    expect(messages).toEqual([]);
  } finally {
    await own.close();
  }
});

test('no text becomes code', async () => {
  const outcomes = await page.evaluate(async () => {
    // In a task of the page's own: what the debugger evaluates may evaluate too.
    await new Promise((resolve) => setTimeout(resolve));
    const attempt = (act: () => unknown) => {
      try {
        act();
        return 'ran';
      } catch (error) {
        return (error as Error).name;
      }
    };
    const { eval: evaluate } = globalThis as unknown as { eval(text: string): unknown };
    return [
      attempt(() => evaluate('1')),
      attempt(() => new Function('return 1')),
      attempt(() => setTimeout('globalThis.ran = 1' as unknown as () => void)),
      attempt(() => {
        document.createElement('div').innerHTML = '<img src=x onerror="globalThis.ran = 1">';
      }),
      attempt(() => document.write('<script>globalThis.ran = 1</script>')),
      attempt(() => {
        document.createElement('script').src = 'https://example.invalid/x.js';
      }),
    ];
  });
  for (const outcome of outcomes) expect(['EvalError', 'TypeError']).toContain(outcome);
});

test('inline script, and anything remote, is blocked', async () => {
  await page.evaluate(() => {
    const seen: string[] = [];
    Object.assign(globalThis, { seen });
    document.addEventListener('securitypolicyviolation', (event) => seen.push(event.effectiveDirective));
    const add = (name: string, set: Record<string, string>) => document.body.append(Object.assign(document.createElement(name), set));
    const acts: (() => unknown)[] = [
      () => {
        const text = document.createElement('script');
        text.append('globalThis.ran = 1');
        document.body.append(text);
      },
      () => add('button', { id: 'handler' }),
      () => document.getElementById('handler')?.setAttribute('onclick', 'globalThis.ran = 1'),
      () => document.getElementById('handler')?.click(),
      () => add('img', { src: 'https://example.invalid/x.png' }),
      () => add('iframe', { src: 'https://example.invalid/' }),
      () => add('link', { rel: 'stylesheet', href: 'https://example.invalid/x.css' }),
      () => add('audio', { src: 'https://example.invalid/x.ogg' }),
      () => fetch('https://example.invalid/').catch(() => undefined),
      () => new WebSocket('wss://example.invalid/'),
      () => new EventSource('https://example.invalid/'),
      () => document.body.setAttribute('style', 'color: red'),
      () => add('base', { href: 'https://example.invalid/' }),
    ];
    for (const act of acts) {
      try {
        act();
      } catch {
        // Refused on the spot, which is as good.
      }
    }
  });
  const seen = () => page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen);
  for (const directive of [
    'require-trusted-types-for',
    'connect-src',
    'frame-src',
    'img-src',
    'media-src',
    'style-src-attr',
    'style-src-elem',
    'base-uri',
  ]) {
    await expect.poll(seen).toContain(directive);
  }
  expect((await seen()).filter((directive) => directive === 'connect-src')).toHaveLength(3);
  expect(await page.evaluate(() => 'ran' in globalThis)).toBe(false);
});

test('workers from data and blobs are refused', async () => {
  const outcome = await page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        try {
          const worker = new Worker(URL.createObjectURL(new Blob(['postMessage(1)'])));
          worker.onmessage = () => resolve('ran');
          worker.onerror = () => resolve('blocked');
        } catch {
          resolve('blocked');
        }
      }),
  );
  expect(outcome).toBe('blocked');
});

test('the page cannot be led away', async () => {
  const before = page.url();
  await page.evaluate(() => {
    location.href = 'https://example.invalid/away';
  });
  await expect.poll(() => logLines(app, 'shell.navigation.blocked')).toHaveLength(1);
  const stopped = await app.electron.evaluateHandle(({ webContents }) => ({
    // In an object: a promise alone would be waited for here already.
    navigation: new Promise<boolean>((resolve) => {
      for (const contents of webContents.getAllWebContents())
        contents.once('will-frame-navigate', (event) => setImmediate(() => resolve(event.defaultPrevented)));
    }),
  }));
  await page.evaluate(() => {
    const refresh = Object.assign(document.createElement('meta'), {
      httpEquiv: 'refresh',
      content: '0;url=https://example.invalid/refreshed',
    });
    document.head.append(refresh);
  });
  expect(await stopped.evaluate(({ navigation }) => navigation)).toBe(true);
  // A page that tries in a loop does not fill the log.
  expect(await logLines(app, 'shell.navigation.blocked')).toHaveLength(1);
  await page.evaluate(() => {
    const link = Object.assign(document.createElement('a'), { href: 'file:///etc/passwd' });
    document.body.append(link);
    link.click();
  });
  expect(page.url()).toBe(before);
  expect(app.electron.windows()).toHaveLength(1);
});

test('the page opens no window', async () => {
  const opened = await page.evaluate(() => window.open('https://example.invalid/', '_blank') === null);
  expect(opened).toBe(true);
  await expect.poll(() => logLines(app, 'shell.window-open.blocked')).toHaveLength(1);
  expect(await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
});

test('<webview> is an unknown element', async () => {
  const kind = await page.evaluate(() => {
    const view = document.createElement('webview');
    view.setAttribute('src', 'https://example.invalid/');
    document.body.append(view);
    return view.constructor.name;
  });
  expect(kind).toBe('HTMLElement');
});

test('every permission is denied, except writing to the clipboard', async () => {
  const states = await page.evaluate(async () => {
    const names = [
      'accelerometer',
      'ambient-light-sensor',
      'background-fetch',
      'background-sync',
      'camera',
      'captured-surface-control',
      'clipboard-read',
      'display-capture',
      'geolocation',
      'gyroscope',
      'idle-detection',
      'local-fonts',
      'magnetometer',
      'microphone',
      'midi',
      'nfc',
      'notifications',
      'payment-handler',
      'periodic-background-sync',
      'persistent-storage',
      'screen-wake-lock',
      'speaker-selection',
      'storage-access',
      'top-level-storage-access',
      'window-management',
    ];
    const found: Record<string, string> = {};
    for (const name of names) {
      try {
        found[name] = (await navigator.permissions.query({ name: name as PermissionName })).state;
      } catch {
        found[name] = 'unknown';
      }
    }
    return found;
  });
  // `unknown`: this Chromium has no such permission, so there is nothing to give.
  expect(Object.entries(states).filter(([, state]) => state !== 'denied' && state !== 'unknown')).toEqual([]);
  expect(states.geolocation).toBe('denied');
  expect(await page.evaluate(() => Notification.requestPermission())).toBe('denied');
});

test('camera, screen, place and devices are refused when asked for', async () => {
  const outcomes = await page.evaluate(async () => {
    const name = (promise: Promise<unknown> | undefined) =>
      (promise ?? Promise.reject(new Error('absent'))).then(
        () => 'given',
        (error: Error) => error.name,
      );
    const devices = navigator as unknown as Record<
      string,
      { requestDevice?(o: object): Promise<unknown>; requestPort?(): Promise<unknown> } | undefined
    >;
    return [
      await name(navigator.mediaDevices.getUserMedia({ video: true })),
      await name(navigator.mediaDevices.getDisplayMedia()),
      await name(
        new Promise((resolve, reject) =>
          navigator.geolocation.getCurrentPosition(resolve, (error) => reject(new Error(String(error.code)))),
        ),
      ),
      await name(devices.usb?.requestDevice?.({ filters: [] })),
      await name(devices.hid?.requestDevice?.({ filters: [] })),
      await name(devices.serial?.requestPort?.()),
      await name(devices.bluetooth?.requestDevice?.({ acceptAllDevices: true })),
    ];
  });
  expect(outcomes).not.toContain('given');
});

// security.md row 64
test('app://ui serves the console and nothing else', async () => {
  const statuses = await page.evaluate(async () => {
    const paths = [
      '/..%2f..%2fetc/passwd',
      '/%2e%2e/%2e%2e/package.json',
      '/../preload/index.cjs',
      '/assets/..%5c..%5cmain%5cindex.js',
      '/index.html%00.js',
      '/%5c%5cserver%5cshare%5cx.js',
      '/.vite/manifest.json',
      '/con.js',
      '/nul',
      '/assets',
      '/assets/',
      '/%',
      '//etc/passwd',
      '/index.html/',
    ];
    return Promise.all(paths.map(async (path) => [path, (await fetch(`app://ui${path}`).catch(() => ({ status: 404 }))).status] as const));
  });
  expect(statuses.filter(([, status]) => status !== 404)).toEqual([]);
  expect(
    await page.evaluate(async () => (await fetch('app://ui/index.html', { method: 'POST' }).catch(() => ({ status: 404 }))).status),
  ).toBe(404);
  expect(await page.evaluate(async () => (await fetch('app://elsewhere/index.html').catch(() => ({ status: 404 }))).status)).toBe(404);
});

/** Asks the bridge to open an address: what it answered, or why it did not. */
function openExternal(url: string): Promise<boolean | string> {
  return page.evaluate(
    (address) =>
      (globalThis as unknown as { signalbox: { openExternal(url: string): Promise<boolean> } }).signalbox
        .openExternal(address)
        .catch((error: Error) => error.message),
    url,
  );
}

test('what is no address of the web, or hides a name or password, is not even asked about', async () => {
  const outside = await watchOutsideLinks(app.electron);
  await outside.answerWith('open');
  const refused = ['file:///etc/passwd', 'javascript:1', 'ms-settings:privacy', 'https://ada:secret@example.invalid/', ''];
  for (const url of refused) expect(await openExternal(url)).toMatch(/^Signalbox opens/);
  expect(await openExternal(`https://example.invalid/${'a'.repeat(1_024)}`)).toMatch(/at most 1024 characters/);
  expect([await outside.questions(), await outside.opened()]).toEqual([[], []]);
});

test('an address of the web is opened only when a person agrees to it, in a question of the shell', async () => {
  const outside = await watchOutsideLinks(app.electron);
  expect(await openExternal('http://bücher.example:8082/a?b')).toBe(false);
  expect(await outside.opened()).toEqual([]);
  const [question] = await outside.questions();
  expect(question).toMatchObject({ buttons: ['Open in browser', 'Cancel'], defaultId: 1, cancelId: 1, hasParent: true });
  expect(question?.detail.split('\n')[0]).toBe('http://xn--bcher-kva.example:8082/a?b');
  expect(question?.detail).toContain('browser');
  await outside.answerWith('open');
  expect(await openExternal('http://bücher.example:8082/a?b')).toBe(true);
  expect(await outside.opened()).toEqual(['http://xn--bcher-kva.example:8082/a?b']);
});

test('one such question is open at a time', async () => {
  const outside = await watchOutsideLinks(app.electron);
  await outside.answerWith('none');
  // Stays unanswered, as the question does.
  void openExternal('https://one.example/').catch(() => undefined);
  await expect.poll(() => outside.questions()).toHaveLength(1);
  expect(await openExternal('https://two.example/')).toMatch(/asks already/);
  expect(await outside.questions()).toHaveLength(1);
});

test('a download from elsewhere is refused', async () => {
  await page.evaluate(() => {
    const link = Object.assign(document.createElement('a'), { href: 'data:text/plain,secret', download: 'x.txt' });
    document.body.append(link);
    link.click();
  });
  await expect.poll(() => logLines(app, 'shell.download.blocked')).toHaveLength(1);
});
