import type { Principal } from '../../../common/roles.ts';
import type { Sessions } from '../accounts/index.ts';
import type { CliTokenFile } from './cli-token.ts';

/** A caller whose token was good. */
export interface Admitted {
  readonly kind: 'ws' | 'cli';
  readonly sessionId: string | undefined;
  /** Who it is now; undefined once the session has ended. */
  readonly principal: () => Principal | undefined;
}

/** Turns a token into whoever stands behind it: a signed-in person, or the command line of this machine. */
export class Gate {
  readonly #sessions: Sessions;
  readonly #cliToken: CliTokenFile;
  readonly #nodeId: string;

  constructor(options: { readonly sessions: Sessions; readonly cliToken: CliTokenFile; readonly nodeId: string }) {
    this.#sessions = options.sessions;
    this.#cliToken = options.cliToken;
    this.#nodeId = options.nodeId;
  }

  admit(token: string | undefined): Admitted | undefined {
    if (token === undefined || token === '') return undefined;
    if (this.#cliToken.matches(token)) {
      const principal: Principal = { user: `cli@${this.#nodeId}`, roles: ['admin'], via: 'cli' };
      return { kind: 'cli', sessionId: undefined, principal: () => principal };
    }
    const sessionId = this.#sessions.authenticate(token)?.sessionId;
    if (sessionId === undefined) return undefined;
    return { kind: 'ws', sessionId, principal: () => this.#principalOf(sessionId) };
  }

  /** Asked at every call, so that a changed role holds at once. */
  #principalOf(sessionId: string): Principal | undefined {
    const now = this.#sessions.current(sessionId);
    return now === undefined ? undefined : { user: `${now.account.username}@${this.#nodeId}`, roles: [now.account.role], via: 'ws' };
  }
}
