import type { User, usersContract } from '../../../common/contract/users.ts';
import type { Account, Accounts, Sessions, SetupLinks } from '../accounts/index.ts';
import type { Handlers } from '../router/types.ts';

export interface UsersServiceOptions {
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly setupLinks: SetupLinks;
  readonly nodeId: string;
  /** Base of the console's addresses while it is served. */
  readonly consoleUrl: () => string | undefined;
  /** Somebody has another role now: what they opened under the old one may have to end. */
  readonly onRoleChanged: () => void;
}

/**
 * People who may sign in. A changed role holds at the next call, since the router asks for it each time; a changed
 * password and a removal end the person's sessions, and with them the open connections.
 */
export function createUsersService(options: UsersServiceOptions): Handlers<keyof typeof usersContract> {
  const { accounts, sessions, setupLinks } = options;
  const toUser = (account: Account): User => ({ ...account, sessions: sessions.countOf(account.username) });
  return {
    'users.me': (_params, { principal }) => ({
      user: principal.user,
      roles: [...principal.roles],
      via: principal.via,
      node: options.nodeId,
    }),
    'users.list': () => ({ users: accounts.list().map(toUser) }),
    'users.add': async (params) => toUser(await accounts.add(params)),
    'users.setRole': async ({ username, role }) => {
      const account = await accounts.setRole(username, role);
      options.onRoleChanged();
      return toUser(account);
    },
    'users.setPassword': async ({ username, passwordSha256 }) => {
      const account = await accounts.setPassword(username, passwordSha256);
      await sessions.revokeUser(username);
      return toUser(account);
    },
    'users.remove': async ({ username }) => {
      await accounts.remove(username);
      await sessions.revokeUser(username);
      return { removed: true };
    },
    'users.setupLink': async () => {
      const { path, expiresAt } = await setupLinks.create();
      const base = options.consoleUrl();
      return { url: base === undefined ? null : base + path, path, expiresAt };
    },
  };
}
