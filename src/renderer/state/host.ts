/** Where the console runs: inside the desktop app, or in a browser. The only place that knows the difference. */
import { createMessagePortTransport } from '../../common/client/message-port-transport.ts';
import type { Connect } from '../../common/client/transport.ts';
import { connectWebSocket } from '../../common/client/web-socket-transport.ts';
import { SignalboxError } from '../../common/errors.ts';
import type { DesktopBridge } from '../../preload/api.ts';
import { accessToken, expireAccess } from './session.ts';

declare global {
  interface Window {
    readonly signalbox?: DesktopBridge;
  }
}

/** The bridge of the desktop app, or undefined in a browser. */
export const desktop: DesktopBridge | undefined = window.signalbox;

/** How to reach the node from here. */
export const connectToNode: Connect = desktop === undefined ? connectFromBrowser : connectFromDesktop(desktop);

function connectFromDesktop(bridge: DesktopBridge): Connect {
  return async (signal) => {
    const port = new Promise<MessagePort>((resolve, reject) => {
      const onMessage = (event: MessageEvent) => {
        // The preload forwards the port to its own window; anything else is none of ours.
        if (event.source !== window || (event.data as { signalbox?: unknown } | null)?.signalbox !== 'port') return;
        window.removeEventListener('message', onMessage);
        const [first] = event.ports;
        if (first !== undefined) resolve(first);
      };
      window.addEventListener('message', onMessage);
      signal.addEventListener('abort', () => {
        window.removeEventListener('message', onMessage);
        reject(new SignalboxError('CANCELLED', 'The connection was given up.', { executed: 'no' }));
      });
    });
    await bridge.connect();
    return createMessagePortTransport(await port);
  };
}

async function connectFromBrowser(signal: AbortSignal) {
  const token = await accessToken();
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  return connectWebSocket({
    url: `${scheme}://${location.host}/ws?token=${encodeURIComponent(token)}`,
    open: (url, protocol) => new WebSocket(url, protocol),
    onTokenRefused: expireAccess,
    signal,
  });
}
