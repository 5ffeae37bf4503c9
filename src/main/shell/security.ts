/** What no page may do, whatever it holds (security.md 4.1). Applied to the whole program, not window by window. */
import { app, type Session, type WebContents, type WebPreferences } from 'electron';
import { type Logger, RepeatSampler } from '../node/telemetry/index.ts';
import { appOrigin, isAppUrl } from './app-url.ts';

/** Preferences of every window. */
export function webPreferences(options: { readonly preload: string; readonly additionalArguments: string[] }): WebPreferences {
  return {
    ...options,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    spellcheck: false,
    devTools: !app.isPackaged,
  };
}

const allowedPermissions: readonly string[] = ['clipboard-sanitized-write'];

export interface SessionRulesOptions {
  /** Development server whose socket the page may reach; undefined in a build. */
  readonly devServer: string | undefined;
  readonly logger: Logger;
}

/** Denies permissions, devices, screen capture, foreign addresses and downloads that are not the page's own. */
export function restrictSession(session: Session, { devServer, logger }: SessionRulesOptions): void {
  const isAllowed = (permission: string, url: string) => allowedPermissions.includes(permission) && isAppUrl(url);
  session.setPermissionRequestHandler((_contents, permission, answer, details) => answer(isAllowed(permission, details.requestingUrl)));
  session.setPermissionCheckHandler((_contents, permission, requestingOrigin) => isAllowed(permission, requestingOrigin));
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, answer) => answer({}));
  session.setBluetoothPairingHandler((_details, answer) => answer({ confirmed: false }));
  session.setSpellCheckerEnabled(false);

  const warn = blockedWarnings(logger);
  const devSocket = devServer === undefined ? undefined : `ws://${new URL(devServer).host}/`;
  session.webRequest.onBeforeRequest((details, answer) => {
    const isOwn =
      isAppUrl(details.url) ||
      details.url.startsWith('devtools:') ||
      details.url.startsWith(`blob:${appOrigin}/`) ||
      (devSocket !== undefined && details.url.startsWith(devSocket)) ||
      // The shell's own requests to the development server come from no page.
      (devServer !== undefined && details.webContentsId === undefined && details.url.startsWith(devServer));
    if (!isOwn) warn('shell.network.blocked', 'A page tried to reach an address.', details.url);
    answer({ cancel: !isOwn });
  });

  session.on('will-download', (event, item) => {
    if (!item.getURL().startsWith(`blob:${appOrigin}/`)) {
      warn('shell.download.blocked', 'A page tried to download a file.', item.getURL());
      event.preventDefault();
    } else if (item.getSavePath() === '') {
      item.setSaveDialogOptions({ title: 'Save', defaultPath: item.getFilename() });
    }
  });
}

/** Locks navigation, new windows and embedded pages of everything that is ever created. */
export function restrictContents(logger: Logger): void {
  const warn = blockedWarnings(logger);
  app.on('web-contents-created', (_event, contents) => {
    lockNavigation(contents, warn);
    contents.setWindowOpenHandler(({ url }) => {
      warn('shell.window-open.blocked', 'A page tried to open a window.', url);
      return { action: 'deny' };
    });
    contents.on('will-attach-webview', (event) => event.preventDefault());
  });
}

function lockNavigation(contents: WebContents, warn: BlockedWarning): void {
  const stop = (event: { readonly url: string; preventDefault(): void }) => {
    if (isAppUrl(event.url)) return;
    warn('shell.navigation.blocked', 'A page tried to go elsewhere.', event.url);
    event.preventDefault();
  };
  contents.on('will-navigate', stop);
  contents.on('will-redirect', stop);
  contents.on('will-frame-navigate', stop);
}

type BlockedWarning = (event: string, message: string, url: string) => void;

/** A page that tries in a loop gets one line of the log in a while, with the number of those held back. */
function blockedWarnings(logger: Logger): BlockedWarning {
  const repeats = new RepeatSampler();
  return (event, message, url) => {
    const heldBack = repeats.take(event);
    if (heldBack !== undefined) logger.warn(event, message, { url: url.slice(0, 256), heldBack });
  };
}
