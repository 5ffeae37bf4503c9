/** A session bus with a real gnome-keyring, as a desktop session has. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** False on a machine that has no keyring to test with. */
export const hasKeyring = ['gnome-keyring-daemon', 'dbus-run-session', 'dbus-send'].every((name) => existsSync(`/usr/bin/${name}`));

/** A running keyring with a keyring folder of its own. */
export interface Keyring {
  /** For programs of the session. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends the session; the keyring folder stays for the next. */
  stop(): Promise<void>;
}

/**
 * Unlocks the keyring by a password on stdin, as signing in does, and says where the bus is when the keyring answers on it. Then waits until
 * stdin is closed, and until the keyring has ended: it writes into its folder to the last.
 */
const session = `
  read -r password
  printf '%s' "$password" | gnome-keyring-daemon --foreground --unlock --components=secrets >/dev/null &
  keyring=$!
  answers() {
    dbus-send --session --print-reply --dest=org.freedesktop.DBus / \\
      org.freedesktop.DBus.GetNameOwner string:org.freedesktop.secrets >/dev/null 2>&1
  }
  until answers; do kill -0 "$keyring" || exit 1; sleep 0.02; done
  echo "$DBUS_SESSION_BUS_ADDRESS"
  cat >/dev/null
  kill "$keyring"
  wait "$keyring"
`;

/** A folder for a keyring, removed by the returned function. */
export async function makeKeyringFolder(): Promise<{ readonly folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-keyring-'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Starts a session. @param folder from {@link makeKeyringFolder} */
export async function startKeyring(folder: string): Promise<Keyring> {
  const place = { XDG_DATA_HOME: folder, XDG_RUNTIME_DIR: folder, XDG_CURRENT_DESKTOP: 'GNOME' };
  const child = spawn('dbus-run-session', ['--', 'sh', '-c', session], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...process.env, ...place },
  });
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  child.once('error', () => child.stdout.destroy());
  child.stdin.on('error', () => undefined);
  child.stdin.write('a password for tests\n');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const first = await lines.next();
  if (first.done === true) throw new Error('The keyring did not start. It takes the packages gnome-keyring and dbus.');
  return {
    env: { ...place, DBUS_SESSION_BUS_ADDRESS: first.value },
    stop: async () => {
      child.stdin.end();
      await gone;
    },
  };
}
