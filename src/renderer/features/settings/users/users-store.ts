import { create } from 'zustand';
import type { User } from '../../../../common/contract/users.ts';
import type { SignalboxError } from '../../../../common/errors.ts';
import { asSignalboxError } from '../../../state/as-signalbox-error.ts';
import { nodeClient } from '../../../state/node.ts';

/** The people who may sign in, as last read. */
export const useUsers = create<{ readonly users: readonly User[] | undefined; readonly failure: SignalboxError | undefined }>(() => ({
  users: undefined,
  failure: undefined,
}));

/** Reads the list; what was read before stays when that fails. */
export async function loadUsers(): Promise<void> {
  try {
    const { users } = await nodeClient().call('users.list', {});
    useUsers.setState({ users, failure: undefined });
  } catch (error) {
    useUsers.setState({ failure: asSignalboxError(error) });
  }
}
