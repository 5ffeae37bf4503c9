/** Roles of a user, weakest first. Each includes those before it. */
export const roles = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof roles)[number];

/** What a method does to the node: decides confirmation, audit and retry. */
export const effects = ['read', 'write', 'destructive'] as const;
export type Effect = (typeof effects)[number];

/** By which door a caller came in (wire.md 1.1, principal). */
export const doors = ['ipc', 'ws', 'cli', 'mcp', 'assist', 'node'] as const;
export type Door = (typeof doors)[number];

/** Who asks. */
export interface Principal {
  /** `name@node`; the desktop's own user is `local@…`. */
  readonly user: string;
  readonly roles: readonly Role[];
  readonly via: Door;
}

/** True when one of `held` is at least `needed`. */
export function allows(held: readonly Role[], needed: Role): boolean {
  const rank = roles.indexOf(needed);
  return held.some((role) => roles.indexOf(role) >= rank);
}
