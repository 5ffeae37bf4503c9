import { createContext, useContext, useMemo } from 'react';
import { allows, type Role } from '../../../common/roles.ts';
import type { Action, Danger } from '../../app/actions/registry.ts';
import { useNode } from '../../state/node.ts';

/** What decides whether an act is possible: the person's roles, and whether the node answers. */
export interface Rights {
  readonly roles: readonly Role[];
  readonly connected: boolean;
}

/** What the person at this console may do. */
export const RightsContext = createContext<Rights>({ roles: [], connected: false });

export function useRights(): Rights {
  return useContext(RightsContext);
}

/** The rights of the person who is signed in, for {@link RightsContext}. */
export function usePersonsRights(): Rights {
  const roles = useNode(({ me }) => me?.roles);
  const connected = useNode(({ connection }) => connection.kind === 'connected');
  return useMemo(() => ({ roles: roles ?? [], connected }), [roles, connected]);
}

/** Whether the person may do now what needs a role. */
export function mayNow({ roles, connected }: Rights, role: Role): boolean {
  return connected && allows(roles, role);
}

/**
 * How an act stands in the registry. One that asks first only opens its dialog.
 *
 * @param id unique in the console: `queues.append`
 * @param detail what it is done to
 */
export function actOf(rights: Rights, id: string, title: string, danger: Danger, role: Role, run: () => void, detail?: string): Action {
  return { id, group: 'act', title, danger, role, enabled: mayNow(rights, role), run, ...(detail !== undefined && { detail }) };
}
