import { app, type BrowserWindow, Menu, type MenuItemConstructorOptions } from 'electron';
import { noticeChannels } from '../../preload/channels.ts';

/** Acts of the console that the menu offers: ids of the page's action registry, which does them. */
export interface MenuAction {
  readonly id: string;
  readonly label: string;
  /** Shown only: the page's own key listener acts, so that a key never acts twice. */
  readonly accelerator?: string;
}

export const menuActions = {
  settings: { id: 'go.settings', label: 'Settings', accelerator: 'CommandOrControl+9' },
  palette: { id: 'palette.open', label: 'Go to or run…', accelerator: 'CommandOrControl+K' },
  overview: { id: 'go.overview', label: 'Overview', accelerator: 'CommandOrControl+1' },
  rpc: { id: 'go.rpc', label: 'RPC', accelerator: 'CommandOrControl+3' },
  events: { id: 'go.events', label: 'Events', accelerator: 'CommandOrControl+4' },
  reconnect: { id: 'connection.retry', label: 'Reconnect now' },
  shortcuts: { id: 'help.shortcuts', label: 'Keyboard shortcuts', accelerator: '?' },
} as const satisfies Readonly<Record<string, MenuAction>>;

export interface MenuOptions {
  readonly window: () => BrowserWindow | undefined;
  readonly zoom: (steps: number) => void;
  readonly openLogFolder: () => void;
  /** Adds reload and the developer tools. */
  readonly developer: boolean;
}

/** The application menu. On Linux and Windows it is not drawn, and opens with Alt. */
export function createMenu(options: MenuOptions): Menu {
  const act = ({ id, label, accelerator }: MenuAction): MenuItemConstructorOptions => ({
    id,
    label,
    ...(accelerator !== undefined && { accelerator, registerAccelerator: false }),
    click: () => options.window()?.webContents.send(noticeChannels.action, id),
  });
  const isMac = process.platform === 'darwin';
  const template: MenuItemConstructorOptions[] = [
    {
      label: isMac ? app.name : 'File',
      submenu: [
        ...(isMac ? [{ role: 'about' } as const, { type: 'separator' } as const] : []),
        act(menuActions.settings),
        { type: 'separator' },
        ...(isMac ? [{ role: 'hide' } as const, { role: 'hideOthers' } as const, { type: 'separator' } as const] : []),
        { role: 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: 'View',
      submenu: [
        act(menuActions.palette),
        { type: 'separator' },
        act(menuActions.overview),
        act(menuActions.rpc),
        act(menuActions.events),
        { type: 'separator' },
        { label: 'Actual size', accelerator: 'CommandOrControl+0', click: () => options.zoom(0) },
        { label: 'Zoom in', accelerator: 'CommandOrControl+Plus', click: () => options.zoom(1) },
        { label: 'Zoom out', accelerator: 'CommandOrControl+-', click: () => options.zoom(-1) },
        { role: 'togglefullscreen' },
        ...(options.developer ? developerItems : []),
      ],
    },
    { role: 'windowMenu' },
    {
      role: 'help',
      submenu: [
        act(menuActions.shortcuts),
        act(menuActions.reconnect),
        { type: 'separator' },
        { label: 'Open log folder', click: options.openLogFolder },
      ],
    },
  ];
  return Menu.buildFromTemplate(template);
}

const developerItems: MenuItemConstructorOptions[] = [
  { type: 'separator' },
  { role: 'reload' },
  { role: 'forceReload' },
  { role: 'toggleDevTools' },
];
