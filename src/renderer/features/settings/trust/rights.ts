import { createContext, useContext } from 'react';

/** What the person at this console may do about the cluster. */
export interface Rights {
  /** May change this node: create, join, leave, back up. */
  readonly mayChange: boolean;
  /** May invite, change roles and remove: the person is an admin here, and this node is one in the cluster. */
  readonly mayLead: boolean;
  /** Why {@link mayLead} is false. */
  readonly why: 'role' | 'away' | 'node' | undefined;
}

export const noRights: Rights = { mayChange: false, mayLead: false, why: 'away' };
export const RightsContext = createContext<Rights>(noRights);

export function useRights(): Rights {
  return useContext(RightsContext);
}

/** @param person whether the person is an admin of this node; @param node whether this node is an admin of the cluster */
export function rightsOf(now: { readonly connected: boolean; readonly person: boolean; readonly node: boolean }): Rights {
  const mayChange = now.connected && now.person;
  const why = !now.person ? 'role' : !now.connected ? 'away' : !now.node ? 'node' : undefined;
  return { mayChange, mayLead: mayChange && now.node, why };
}
