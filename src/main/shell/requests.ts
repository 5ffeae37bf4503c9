/** What the pages may ask the shell for: every channel, with the form of its one argument and the pages that may use it. */
import { z } from 'zod';
import type { CrashReport, DamageReport, DemoState, ThemeChoice, WindowState } from '../../preload/api.ts';
import { requestChannels as channels } from '../../preload/channels.ts';
import type { Ipc } from './ipc.ts';
import type { NodeHost } from './node-host.ts';

const nothing = z.undefined();
const rescuePage = ['/rescue.html'];
const crashPage = ['/crash.html'];
const everyPage = ['/', '/index.html', ...rescuePage, ...crashPage];

/** What the requests act on: the desktop application, as far as a page may reach it. */
export interface RequestTarget {
  readonly node: NodeHost;
  readonly window: { minimize(): void; close(): void } | undefined;
  takeView(): string | null;
  demoState(): DemoState;
  startDemo(): Promise<void>;
  stopDemo(): Promise<void>;
  setTheme(theme: ThemeChoice): void;
  openExternal(link: string): Promise<boolean>;
  toggleMaximize(): void;
  windowState(): WindowState | undefined;
  describeDamage(): DamageReport;
  backUp(): Promise<{ folder: string }>;
  resetDamaged(confirmation: string): Promise<void>;
  describeCrash(): CrashReport;
  openAgain(): Promise<void>;
  openLogFolder(): Promise<void>;
  quit(): Promise<void>;
}

/** Registers every request of the pages. */
export function registerRequests(ipc: Ipc, desktop: RequestTarget): void {
  ipc.handle(channels.connect, nothing, (_none, { webContentsId, frame }) => desktop.node.connect(webContentsId, frame));
  ipc.handle(channels.takeView, nothing, () => desktop.takeView());
  ipc.handle(channels.demoState, nothing, () => desktop.demoState());
  ipc.handle(channels.startDemo, nothing, () => desktop.startDemo());
  ipc.handle(channels.stopDemo, nothing, () => desktop.stopDemo());
  ipc.handle(channels.setTheme, z.enum(['system', 'light', 'dark']), (theme) => desktop.setTheme(theme));
  ipc.handle(channels.openExternal, z.string().max(2_048), (link) => desktop.openExternal(link));

  ipc.handle(channels.minimize, nothing, () => desktop.window?.minimize(), everyPage);
  ipc.handle(channels.toggleMaximize, nothing, () => desktop.toggleMaximize(), everyPage);
  ipc.handle(channels.close, nothing, () => desktop.window?.close(), everyPage);
  ipc.handle(channels.windowState, nothing, () => desktop.windowState(), everyPage);

  ipc.handle(channels.describeDamage, nothing, () => desktop.describeDamage(), rescuePage);
  ipc.handle(channels.backUp, nothing, () => desktop.backUp(), rescuePage);
  ipc.handle(channels.reset, z.string().max(256), (confirmation) => desktop.resetDamaged(confirmation), rescuePage);
  ipc.handle(channels.quit, nothing, () => desktop.quit(), [...rescuePage, ...crashPage]);

  ipc.handle(channels.describeCrash, nothing, () => desktop.describeCrash(), crashPage);
  ipc.handle(channels.openAgain, nothing, () => desktop.openAgain(), crashPage);
  ipc.handle(channels.openLogFolder, nothing, () => desktop.openLogFolder(), crashPage);
}
