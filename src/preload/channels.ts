/** The channels between the preload and the shell: the only ones that exist. */

/** Page to shell, answered. */
export const requestChannels = {
  connect: 'node:connect',
  minimize: 'window:minimize',
  toggleMaximize: 'window:toggle-maximize',
  close: 'window:close',
  windowState: 'window:state',
  setTheme: 'theme:set',
  openExternal: 'link:open-external',
  takeView: 'view:take',
  demoState: 'demo:state',
  startDemo: 'demo:start',
  stopDemo: 'demo:stop',
  describeDamage: 'rescue:describe',
  backUp: 'rescue:back-up',
  reset: 'rescue:reset',
  quit: 'rescue:quit',
  describeCrash: 'crash:describe',
  openAgain: 'crash:open-again',
  openLogFolder: 'crash:open-log-folder',
} as const;
export type RequestChannel = (typeof requestChannels)[keyof typeof requestChannels];

/** Shell to page. */
export const noticeChannels = {
  port: 'node:port',
  windowState: 'window:state-changed',
  action: 'menu:action',
  openView: 'view:open',
} as const;

/** What every request is answered with. The preload turns it back into a value or an exception. */
export type Envelope<T = unknown> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: { readonly code: string; readonly message: string } };

/** How the shell tells the preload its version: a sandboxed preload cannot read package.json. */
export const versionArgument = '--signalbox-version=';
