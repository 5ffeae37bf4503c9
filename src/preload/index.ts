/** The bridge between the page and the shell; see `api.ts`. */
import { contextBridge, type IpcRendererEvent, ipcRenderer } from 'electron';
import type {
  CrashBridge,
  CrashReport,
  DamageReport,
  DemoState,
  DesktopBridge,
  OperatingSystem,
  PortMessage,
  RescueBridge,
  WindowState,
} from './api.ts';
import { type Envelope, noticeChannels, type RequestChannel, requestChannels, versionArgument } from './channels.ts';

async function ask<T = void>(channel: RequestChannel, argument?: unknown): Promise<T> {
  const answer = (await ipcRenderer.invoke(channel, argument)) as Envelope<T>;
  if (answer.ok) return answer.value;
  throw new Error(answer.error.message);
}

/** Listens on a notice channel. The page's callback never sees the event, which carries `ipcRenderer`. */
function hear<T>(channel: string, callback: (value: T) => void): () => void {
  const listener = (_event: IpcRendererEvent, value: T) => callback(value);
  ipcRenderer.on(channel, listener);
  return () => ipcRenderer.off(channel, listener);
}

const rescue: RescueBridge = {
  describe: () => ask<DamageReport>(requestChannels.describeDamage),
  backUp: () => ask<{ folder: string }>(requestChannels.backUp),
  reset: (confirmation) => ask(requestChannels.reset, String(confirmation)),
  quit: () => ask(requestChannels.quit),
};

const crash: CrashBridge = {
  describe: () => ask<CrashReport>(requestChannels.describeCrash),
  openAgain: () => ask(requestChannels.openAgain),
  openLogFolder: () => ask(requestChannels.openLogFolder),
};

const bridge: DesktopBridge = {
  platform: {
    os: process.platform as OperatingSystem,
    desktop: true,
    version: process.argv.find((argument) => argument.startsWith(versionArgument))?.slice(versionArgument.length) ?? '',
  },
  connect: () => ask(requestChannels.connect),
  window: {
    minimize: () => ask(requestChannels.minimize),
    toggleMaximize: () => ask(requestChannels.toggleMaximize),
    close: () => ask(requestChannels.close),
    onState: (callback) => {
      void ask<WindowState>(requestChannels.windowState).then(callback, () => undefined);
      return hear(noticeChannels.windowState, callback);
    },
  },
  onAction: (callback) => hear(noticeChannels.action, callback),
  onOpenView: (callback) => {
    // A link that started the program came before the page could listen.
    void ask<string | null>(requestChannels.takeView).then(
      (path) => path !== null && callback(path),
      () => undefined,
    );
    return hear(noticeChannels.openView, callback);
  },
  setTheme: (theme) => ask(requestChannels.setTheme, String(theme)),
  openExternal: async (url) => {
    // The page cannot reach this world's navigator, so it cannot pretend that somebody clicked.
    if (!navigator.userActivation.isActive) throw new Error('A page is opened only in answer to a click.');
    return await ask<boolean>(requestChannels.openExternal, String(url));
  },
  demo: {
    state: () => ask<DemoState>(requestChannels.demoState),
    start: () => ask(requestChannels.startDemo),
    stop: () => ask(requestChannels.stopDemo),
  },
  ...(location.pathname === '/rescue.html' && { rescue }),
  ...(location.pathname === '/crash.html' && { crash }),
};

contextBridge.exposeInMainWorld('signalbox', bridge);

// A MessagePort cannot cross the context bridge: it is handed on as a message of the page to itself.
ipcRenderer.on(noticeChannels.port, (event) => {
  const message: PortMessage = { signalbox: 'port' };
  window.postMessage(message, location.origin, [...event.ports]);
});
