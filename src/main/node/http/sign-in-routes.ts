import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Counter } from 'prom-client';
import { passwordSha256Schema, usernameSchema } from '../../../common/contract/users.ts';
import { SignalboxError } from '../../../common/errors.ts';
import type { Account, Accounts, AttemptLimiter, IssuedToken, IssuedTokens, Sessions, SetupLinks } from '../accounts/index.ts';
import type { AuditSink } from '../router/types.ts';
import type { Metrics } from '../telemetry/index.ts';
import { sendSuccess } from './answers.ts';
import { bearerToken } from './bearer-token.ts';
import type { Refusals } from './refusals.ts';
import { readFields } from './request-body.ts';

export interface SignInOptions {
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly setupLinks: SetupLinks;
  readonly attempts: AttemptLimiter;
  readonly audit: AuditSink;
  readonly metrics: Metrics;
  readonly refusals: Refusals;
  readonly nodeId: string;
}

type Route = (request: IncomingMessage, response: ServerResponse, address: string) => Promise<void>;

/** What a refused attempt is called in the audit table. */
interface Act {
  readonly act: 'sign-in' | 'sign-in.refresh' | 'sign-out' | 'setup';
  readonly username: string | undefined;
  readonly address: string;
}

/** The addresses at which people and programs sign in (wire.md 1). All are `POST`. */
export class SignInRoutes {
  readonly #options: SignInOptions;
  readonly #signIns: Counter<'outcome'>;
  readonly #routes: ReadonlyMap<string, Route>;

  constructor(options: SignInOptions) {
    this.#options = options;
    this.#signIns = options.metrics.counter({ name: 'signalbox_sign_ins_total', help: 'Attempts to sign in', labels: ['outcome'] });
    this.#routes = new Map<string, Route>([
      ['/authorize', (request, response, address) => this.#authorize(request, response, address)],
      ['/authorize/refresh', (request, response, address) => this.#refresh(request, response, address)],
      ['/authorize/sign-out', (request, response, address) => this.#signOut(request, response, address)],
      ['/setup', (request, response, address) => this.#setUp(request, response, address)],
    ]);
  }

  /** The route of a path, or undefined. */
  find(path: string): Route | undefined {
    return this.#routes.get(path);
  }

  async #authorize(request: IncomingMessage, response: ServerResponse, address: string): Promise<void> {
    const fields = await readFields(request);
    const username = readUsername(fields);
    const password = readPassword(fields, 'password');
    const act: Act = { act: 'sign-in', username, address };
    const tokens = await this.#attempt(act, async () => {
      const account = await this.#options.accounts.verify(username, password);
      if (account === undefined)
        throw new SignalboxError('UNAUTHENTICATED', 'The user name or the password is not right.', { executed: 'no' });
      return this.#open(account);
    });
    this.#done(act, tokens.username);
    sendSuccess(response, tokensAnswer(tokens));
  }

  async #refresh(request: IncomingMessage, response: ServerResponse, address: string): Promise<void> {
    const fields = await readFields(request);
    const token = fields.get('refresh_token') ?? fields.get('token') ?? bearerToken(request.headers.authorization);
    const act: Act = { act: 'sign-in.refresh', username: undefined, address };
    if (token === undefined) {
      const message = 'The refresh token is missing: send it as the field token.';
      return this.#refused(act, new SignalboxError('UNAUTHENTICATED', message, { executed: 'no' }));
    }
    const tokens = await this.#attempt(act, () => this.#options.sessions.refresh(token));
    sendSuccess(response, tokensAnswer(tokens));
  }

  async #signOut(request: IncomingMessage, response: ServerResponse, address: string): Promise<void> {
    const fields = await readFields(request);
    const token = bearerToken(request.headers.authorization) ?? fields.get('token');
    const signedIn = token === undefined ? undefined : this.#options.sessions.authenticate(token);
    if (signedIn === undefined) {
      const error = new SignalboxError('UNAUTHENTICATED', 'Nobody is signed in with this token.', { executed: 'no' });
      return this.#refused({ act: 'sign-out', username: undefined, address }, error);
    }
    await this.#options.sessions.signOut(signedIn.sessionId);
    this.#record('sign-out', signedIn.account, address);
    sendSuccess(response, {});
  }

  async #setUp(request: IncomingMessage, response: ServerResponse, address: string): Promise<void> {
    const fields = await readFields(request);
    const token = fields.get('token') ?? '';
    const username = readUsername(fields);
    const passwordSha256 = readPassword(fields, 'passwordSha256');
    const act: Act = { act: 'setup', username, address };
    const tokens = await this.#attempt(act, async () =>
      this.#open(await this.#options.setupLinks.redeem(token, { username, passwordSha256 })),
    );
    this.#done(act, tokens.username);
    sendSuccess(response, tokensAnswer(tokens));
  }

  async #open(account: Account): Promise<IssuedTokens> {
    const tokens = await this.#options.sessions.create(account.username);
    await this.#options.accounts.recordSignIn(account.username);
    return tokens;
  }

  /** Runs one guarded attempt: it counts before it is checked, and stops counting when it was right. */
  async #attempt<T>(act: Act, check: () => Promise<T>): Promise<T> {
    const started = await this.#options.attempts
      .begin(act.act, act.address, act.username)
      .catch((error: unknown) => this.#refused(act, error));
    try {
      const result = await check();
      await started.succeeded();
      return result;
    } catch (error) {
      return this.#refused(act, error);
    }
  }

  #refused(act: Act, error: unknown): never {
    if (act.act !== 'sign-out') this.#signIns.inc({ outcome: 'refused' });
    if (error instanceof SignalboxError && (error.code === 'UNAUTHENTICATED' || error.code === 'OVERLOADED')) {
      this.#options.refusals.add({
        reason: error.code === 'OVERLOADED' ? 'attempts' : 'sign-in',
        address: act.address,
        message: error.message,
        audit: { act: act.act, user: `${act.username ?? 'unknown'}@${this.#options.nodeId}`, code: error.code },
      });
    }
    throw error;
  }

  #done(act: Act, username: string): void {
    this.#signIns.inc({ outcome: 'done' });
    const account = this.#options.accounts.find(username);
    if (account !== undefined) this.#record(act.act, account, act.address);
  }

  #record(act: string, account: Account, address: string): void {
    void this.#options.audit.record({
      principal: { user: `${account.username}@${this.#options.nodeId}`, roles: [account.role], via: 'ws' },
      act,
      target: account.username,
      params: { address },
      outcome: 'done',
      code: null,
      detail: null,
      durationMs: null,
    });
  }
}

function readUsername(fields: ReadonlyMap<string, string>): string {
  // Phones begin a text field with a capital; names are lower case.
  const username = usernameSchema.safeParse(fields.get('username')?.trim().toLowerCase());
  if (!username.success)
    throw new SignalboxError('INVALID_PARAMS', 'username: lower-case letters, digits, dot, dash and underscore; 32 at most.');
  return username.data;
}

function readPassword(fields: ReadonlyMap<string, string>, field: string): string {
  const password = passwordSha256Schema.safeParse(fields.get(field));
  if (!password.success) throw new SignalboxError('INVALID_PARAMS', `${field}: the lower-case hex SHA-256 of the password.`);
  return password.data;
}

/** Times in whole seconds, as the first system gives them. */
function tokensAnswer(tokens: IssuedTokens): unknown {
  const answer = ({ token, issuedAt, expiresAt }: IssuedToken) => ({
    token,
    issued: Math.floor(issuedAt / 1_000),
    expires: Math.floor(expiresAt / 1_000),
  });
  return { access: answer(tokens.access), refresh: answer(tokens.refresh) };
}
