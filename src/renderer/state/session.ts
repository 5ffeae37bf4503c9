/** Sign-in of the browser console (wire.md 1). The desktop app does not use it: its window is the local user. */
import { create } from 'zustand';
import { type ErrorCode, SignalboxError } from '../../common/errors.ts';

interface TokenShape {
  readonly token: string;
  readonly issued: number;
  readonly expires: number;
}
interface Grant {
  readonly access: TokenShape;
  readonly refresh: TokenShape;
}

interface SessionState {
  /** `needed`: the sign-in form is shown. */
  readonly kind: 'needed' | 'signed-in';
  readonly reason: 'none' | 'expired';
}

const storageKey = 'signalbox.session';
/** More than the frame's refresh of its own, so that an open connection never outlives its token. */
const renewBeforeSeconds = 120;

export const useSession = create<SessionState>(() => ({ kind: readGrant() === undefined ? 'needed' : 'signed-in', reason: 'none' }));

function readGrant(): Grant | undefined {
  try {
    const text = localStorage.getItem(storageKey);
    return text === null ? undefined : (JSON.parse(text) as Grant);
  } catch {
    return undefined;
  }
}

function keepGrant(grant: Grant | undefined): void {
  if (grant === undefined) localStorage.removeItem(storageKey);
  else localStorage.setItem(storageKey, JSON.stringify(grant));
}

/** Lower-case hex SHA-256: the form in which a password travels. */
export async function sha256Hex(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Signs in. @throws SignalboxError `UNAUTHENTICATED`, `OVERLOADED` (with `data.retryAfterSeconds`), `NODE_UNREACHABLE` */
export async function signIn(username: string, password: string): Promise<void> {
  keepGrant(await post('/authorize', { username, password: await sha256Hex(password) }));
  useSession.setState({ kind: 'signed-in', reason: 'none' });
}

/**
 * Creates an administrator from a one-time link; that signs in as well.
 *
 * @throws SignalboxError as {@link signIn}; `CONFLICT` when the name is taken: the link stays good
 */
export async function setUp(token: string, username: string, password: string): Promise<void> {
  keepGrant(await post('/setup', { token, username, passwordSha256: await sha256Hex(password) }));
  useSession.setState({ kind: 'signed-in', reason: 'none' });
}

/** Forgets the session here and on the node. */
export async function signOut(): Promise<void> {
  const grant = readGrant();
  keepGrant(undefined);
  useSession.setState({ kind: 'needed', reason: 'none' });
  if (grant !== undefined) await post('/authorize/sign-out', { token: grant.access.token }).catch(() => undefined);
}

let renewal: Promise<string> | undefined;

/** A token that is good for now, renewed when it is about to end. @throws SignalboxError `UNAUTHENTICATED` */
export function accessToken(): Promise<string> {
  const grant = readGrant();
  if (grant !== undefined && isGoodForNow(grant)) return Promise.resolve(grant.access.token);
  // Tokens rotate: two renewals at once, here or in another tab, would look like a stolen one.
  renewal ??= navigator.locks.request(storageKey, renew).finally(() => {
    renewal = undefined;
  });
  return renewal;
}

/**
 * Renews in time for as long as the console is open: the node ends a connection whose token was not renewed. Returns how
 * to stop.
 */
export function keepSignedIn(): () => void {
  const timer = setInterval(() => {
    // A failure is met again, and told, by whoever next needs the token.
    accessToken().catch(() => undefined);
  }, 30_000);
  return () => clearInterval(timer);
}

/** The node refused the access token before its time: the next use asks for a fresh one. */
export function expireAccess(): void {
  const grant = readGrant();
  if (grant !== undefined) keepGrant({ ...grant, access: { ...grant.access, expires: 0 } });
}

function isGoodForNow(grant: Grant): boolean {
  return grant.access.expires - renewBeforeSeconds > Date.now() / 1_000;
}

async function renew(): Promise<string> {
  const grant = readGrant();
  if (grant !== undefined) {
    // Another tab may have renewed it while this one waited.
    if (isGoodForNow(grant)) return grant.access.token;
    try {
      const renewed = await post('/authorize/refresh', { refresh_token: grant.refresh.token });
      keepGrant(renewed);
      return renewed.access.token;
    } catch (error) {
      if (!(error instanceof SignalboxError) || error.code !== 'UNAUTHENTICATED') throw error;
    }
  }
  endSession();
  throw new SignalboxError('UNAUTHENTICATED', 'The session has ended. Sign in again.', { executed: 'no' });
}

/** The node no longer accepts the session: back to the form. */
export function endSession(): void {
  keepGrant(undefined);
  useSession.setState({ kind: 'needed', reason: 'expired' });
}

async function post(path: string, fields: Readonly<Record<string, string>>): Promise<Grant> {
  let response: Response;
  try {
    response = await fetch(path, { method: 'POST', body: new URLSearchParams(fields), cache: 'no-store', credentials: 'omit' });
  } catch (error) {
    throw new SignalboxError('NODE_UNREACHABLE', 'The node does not answer.', { cause: error, executed: 'no' });
  }
  const body = (await response.json().catch(() => ({}))) as { data?: Grant; message?: string };
  if (response.ok && body.data !== undefined) return body.data;
  throw new SignalboxError(codeOf(response.status), body.message ?? 'The node refused the sign-in.', {
    executed: 'no',
    ...(response.status === 429 && { data: { retryAfterSeconds: Number(response.headers.get('retry-after') ?? 60) } }),
  });
}

/** Only 401 says that the session is over: a node in trouble must not sign anybody out. */
function codeOf(status: number): ErrorCode {
  const codes: Readonly<Record<number, ErrorCode>> = {
    400: 'INVALID_PARAMS',
    401: 'UNAUTHENTICATED',
    403: 'FORBIDDEN',
    409: 'CONFLICT',
    429: 'OVERLOADED',
    503: 'OVERLOADED',
    507: 'STORAGE_FULL',
  };
  return codes[status] ?? 'INTERNAL';
}
