import { resolve } from 'node:path';

/** How the program was started: as the command line, or as the desktop application. */
export type StartArguments = { readonly kind: 'cli'; readonly argv: readonly string[] } | DesktopArguments;

export interface DesktopArguments {
  readonly kind: 'desktop';
  readonly dataFolder: string | undefined;
  /** Port of the console's HTTP listener, 0 for any free one. */
  readonly port: number | undefined;
  /** A link that the system asks to open. */
  readonly link: string | undefined;
}

/** Scheme of links that open a view. */
export const linkScheme = 'signalbox:';

/** Options of the window that are followed by a value. */
const valueOptions: readonly string[] = ['--data', '--port'];

export interface StartArgumentOptions {
  /** `process.argv` of Electron. */
  readonly argv: readonly string[];
  /** Folder of the application when Electron was told which one to run; undefined in a packaged program. */
  readonly appPath: string | undefined;
  /** Words that name a command of the command line. */
  readonly commands: readonly string[];
}

/**
 * Reads the arguments of the installed program, which is both. A command word or `--headless` means the command line, as
 * does asking for help or the version; everything else is a window. Chromium's own switches are passed over.
 */
export function readStartArguments({ argv, appPath, commands }: StartArgumentOptions): StartArguments {
  const own = withoutRuntime(argv, appPath);
  const at = own.findIndex((argument, index) => !argument.startsWith('-') && !valueOptions.includes(own[index - 1] ?? ''));
  const isCommand = commands.includes(own[at] ?? '');
  // Switches before the command word are the runtime's.
  if (isCommand) return { kind: 'cli', argv: own.slice(at).filter((argument) => argument !== '--headless') };
  if (own.includes('--headless')) return { kind: 'cli', argv: ['start', ...own.filter((argument) => argument !== '--headless')] };
  if (own.some((argument) => ['--help', '-h', '--version', '-V'].includes(argument))) return { kind: 'cli', argv: own };
  const folder = optionValue(own, '--data');
  return {
    kind: 'desktop',
    dataFolder: folder === undefined ? undefined : resolve(folder),
    port: readPort(optionValue(own, '--port')),
    link: own.find((argument) => argument.startsWith(`${linkScheme}//`)),
  };
}

/** What follows the program itself, and the application's folder if it was named. */
function withoutRuntime(argv: readonly string[], appPath: string | undefined): readonly string[] {
  const rest = argv.slice(1).filter((argument) => argument !== '--no-sandbox' && argument !== '--disable-gpu');
  if (appPath === undefined) return rest;
  const at = rest.findIndex((argument) => !argument.startsWith('-') && resolve(argument) === resolve(appPath));
  return at < 0 ? rest : rest.slice(at + 1);
}

function optionValue(argv: readonly string[], name: string): string | undefined {
  const joined = argv.find((argument) => argument.startsWith(`${name}=`));
  if (joined !== undefined) return joined.slice(name.length + 1);
  const at = argv.indexOf(name);
  return at < 0 ? undefined : argv[at + 1];
}

function readPort(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined;
}
