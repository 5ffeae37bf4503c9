import { createContext, useContext } from 'react';

/** What the person at this console may do about the cluster. */
export interface Rights {
  /** May change this node: create, join, leave, back up. */
  readonly mayChange: boolean;
  /** May invite, change roles and remove: the person is an admin here, and this node is one in the cluster. */
  readonly mayLead: boolean;
  /** Why {@link mayLead} is false. */
  readonly why: 'role' | 'away' | 'node' | 'removed' | undefined;
}

export const noRights: Rights = { mayChange: false, mayLead: false, why: 'away' };
export const RightsContext = createContext<Rights>(noRights);

export function useRights(): Rights {
  return useContext(RightsContext);
}

/** @param person whether the person is an admin of this node; @param node what this node is in the cluster */
export function rightsOf(now: {
  readonly connected: boolean;
  readonly person: boolean;
  readonly node: 'admin' | 'member' | 'removed';
}): Rights {
  const mayChange = now.connected && now.person;
  const why = !now.person
    ? 'role'
    : !now.connected
      ? 'away'
      : now.node === 'admin'
        ? undefined
        : now.node === 'removed'
          ? 'removed'
          : 'node';
  return { mayChange, mayLead: mayChange && now.node === 'admin', why };
}
