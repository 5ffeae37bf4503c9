import { BrowserWindow, nativeTheme, screen } from 'electron';
import type { WindowState } from '../../preload/api.ts';
import { noticeChannels, versionArgument } from '../../preload/channels.ts';
import { appOrigin } from './app-url.ts';
import { webPreferences } from './security.ts';
import { visibleBounds, type WindowStateFile } from './window-state.ts';

/** Smaller than this the console's columns have nothing left to give (look.md section 4). */
const minimumSize = { width: 760, height: 480 };
const defaultSize = { width: 1280, height: 800 };
/** The token `frame` of the two themes, so that the window does not flash before its first paint. */
const grounds = { light: '#eceef1', dark: '#0f1114' };

/** Pages of the window. */
export type Page = 'index' | 'crash' | 'rescue';

export interface MainWindowOptions {
  readonly preload: string;
  readonly version: string;
  readonly state: WindowStateFile;
}

/** The ground of a window in the theme that is in force. */
export function themeGround(): string {
  return nativeTheme.shouldUseDarkColors ? grounds.dark : grounds.light;
}

/** Makes the window, hidden until it has painted, where it was last time. */
export function createMainWindow({ preload, version, state }: MainWindowOptions): BrowserWindow {
  const workAreas = screen.getAllDisplays().map((display) => display.workArea);
  const window = new BrowserWindow({
    ...defaultSize,
    ...visibleBounds(state.current.bounds, workAreas, minimumSize),
    minWidth: minimumSize.width,
    minHeight: minimumSize.height,
    show: false,
    title: 'Signalbox',
    backgroundColor: themeGround(),
    // The page draws the title bar; macOS keeps its own buttons in it.
    titleBarStyle: process.platform === 'darwin' ? 'hiddenInset' : 'hidden',
    autoHideMenuBar: true,
    webPreferences: webPreferences({ preload, additionalArguments: [`${versionArgument}${version}`] }),
  });
  if (state.current.maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  rememberState(window, state);
  tellState(window);
  return window;
}

/**
 * Loads one of the shell's pages.
 *
 * @throws Error when it did not load; not when another page was asked for meanwhile
 */
export async function showPage(window: BrowserWindow, page: Page): Promise<void> {
  try {
    await window.loadURL(`${appOrigin}/${page}.html`);
    // A page that took the place of another before that one had painted is not announced as ready.
    if (!window.isDestroyed() && !window.isVisible()) window.show();
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== 'ERR_ABORTED') throw error;
  }
}

/** What the page's own window buttons show. */
export function windowState(window: BrowserWindow): WindowState {
  return { maximized: window.isMaximized(), fullScreen: window.isFullScreen(), focused: window.isFocused() };
}

function tellState(window: BrowserWindow): void {
  const tell = () => {
    if (!window.isDestroyed()) window.webContents.send(noticeChannels.windowState, windowState(window));
  };
  window.on('maximize', tell);
  window.on('unmaximize', tell);
  window.on('enter-full-screen', tell);
  window.on('leave-full-screen', tell);
  window.on('focus', tell);
  window.on('blur', tell);
}

function rememberState(window: BrowserWindow, state: WindowStateFile): void {
  const remember = () => {
    if (window.isDestroyed() || window.isMinimized() || window.isFullScreen()) return;
    state.update({ bounds: window.getNormalBounds(), maximized: window.isMaximized() });
  };
  window.on('resize', remember);
  window.on('move', remember);
  window.on('maximize', remember);
  window.on('unmaximize', remember);
  // The system tells of a move a moment after it.
  window.on('close', remember);
  window.webContents.on('did-finish-load', () => window.webContents.setZoomLevel(state.current.zoomLevel));
  window.webContents.on('zoom-changed', (_event, direction) => zoomBy(window, state, direction === 'in' ? 1 : -1));
}

/**
 * Changes the size of the text and remembers it.
 *
 * @param steps of 20 %; 0 goes back to 100 %
 */
export function zoomBy(window: BrowserWindow, state: WindowStateFile, steps: number): void {
  const level = steps === 0 ? 0 : Math.max(-3, Math.min(5, window.webContents.getZoomLevel() + steps));
  window.webContents.setZoomLevel(level);
  state.update({ zoomLevel: level });
}
