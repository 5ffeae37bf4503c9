/**
 * What the desktop shell offers the page, as `window.signalbox`. Closed, named functions only (security.md 4.1): there is
 * no way to send on a channel of one's own choice, and nothing of Electron passes through. In a browser it is absent.
 */

export type OperatingSystem = 'linux' | 'darwin' | 'win32';
export type ThemeChoice = 'system' | 'light' | 'dark';

export interface WindowState {
  readonly maximized: boolean;
  readonly fullScreen: boolean;
  readonly focused: boolean;
}

/** The message that brings the port of {@link DesktopBridge.connect}; its `ports[0]` is the connection to the node. */
export interface PortMessage {
  readonly signalbox: 'port';
}

/** Ends what a listener was added for. */
export type Unsubscribe = () => void;

export interface WindowBridge {
  minimize(): Promise<void>;
  toggleMaximize(): Promise<void>;
  close(): Promise<void>;
  /** Calls back at once with the state as it is, then at every change. */
  onState(callback: (state: WindowState) => void): Unsubscribe;
}

/** A file of the node that could not be read at start. */
export interface DamageReport {
  /** What the file holds, in words: `settings`, `node database`. */
  readonly what: string;
  readonly file: string;
  readonly dataFolder: string;
  readonly reason: string;
  /** What has to be typed to confirm the reset: the name of the file. */
  readonly confirmation: string;
}

/** Present on the rescue page only. */
export interface RescueBridge {
  describe(): Promise<DamageReport>;
  /** Copies the whole data folder. Resolves with the folder of the copy. */
  backUp(): Promise<{ readonly folder: string }>;
  /**
   * Moves the damaged file aside and starts the node again.
   *
   * @param confirmation the name of the file, as typed by the person
   */
  reset(confirmation: string): Promise<void>;
  quit(): Promise<void>;
}

/** Why the crash page is shown. */
export interface CrashReport {
  /** Which of the two is not running: the window's page, or the node. */
  readonly what: 'window' | 'node';
  readonly reason: string;
  readonly logFolder: string;
}

/** Present on the crash page only. */
export interface CrashBridge {
  describe(): Promise<CrashReport>;
  openAgain(): Promise<void>;
  openLogFolder(): Promise<void>;
}

/** `starting` until its nodes are up; the window then shows one of them in place of its own. */
export type DemoState = 'off' | 'starting' | 'running';

/** The demo inside the application. */
export interface DemoBridge {
  state(): Promise<DemoState>;
  /**
   * Starts the demo; the window then loads anew, as a client of a node of the demo. The own node goes on untouched.
   *
   * @throws Error with a sentence for a person when it did not start
   */
  start(): Promise<void>;
  /** Ends the demo; the window then loads anew, as a client of its own node. */
  stop(): Promise<void>;
}

export interface DesktopBridge {
  readonly platform: { readonly os: OperatingSystem; readonly desktop: true; readonly version: string };
  /**
   * Asks for a connection to the node. The port arrives as a {@link PortMessage} on `window`, from this page's own origin,
   * before this resolves. After the node restarted, ask again.
   *
   * @throws Error with a sentence for a person when the node cannot be reached
   */
  connect(): Promise<void>;
  readonly window: WindowBridge;
  /** The id of an action that was chosen in the application menu. */
  onAction(callback: (actionId: string) => void): Unsubscribe;
  /** A console path, for example `/events`, that a link of the system asked to show. It only ever opens a view. */
  onOpenView(callback: (path: string) => void): Unsubscribe;
  /** Keeps the window's ground, native menus and the next start in the chosen theme. */
  setTheme(theme: ThemeChoice): Promise<void>;
  /**
   * Opens an http or https address in the system's browser, only in answer to the person's own click. The shell asks first,
   * with the address whole, for any but a page of the documentation.
   *
   * @returns false: the person did not want it opened
   * @throws Error with a sentence for a person when it is not one that is opened, or a question is open already
   */
  openExternal(url: string): Promise<boolean>;
  readonly demo: DemoBridge;
  readonly rescue?: RescueBridge;
  readonly crash?: CrashBridge;
}
