import { randomBytes } from 'node:crypto';
import type { AccessRules, Capture, TunnelKind } from '../../../../common/contract/tunnels.ts';
import type { Target } from './origin/target-guard.ts';
import type { GatewayAccess } from './types.ts';

/** A tunnel of this node, with its secrets. */
export interface TunnelDefinition {
  readonly tunnelId: string;
  readonly agentId: string;
  readonly kind: TunnelKind;
  readonly target: Target;
  readonly hostHeader: string;
  readonly access: AccessRules;
  readonly publicPort: number | null;
  readonly links: number;
  /** `nodeId`: the member of the cluster that is the gateway; null: it was given by its address. */
  readonly gateway: GatewayAccess & { readonly nodeId: string | null };
  readonly enabled: boolean;
  readonly capture: Capture;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

const idCharacters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** `TU-` and eight characters by chance. */
export function newTunnelId(): string {
  return `TU-${Array.from(randomBytes(8), (byte) => idCharacters[byte % idCharacters.length]).join('')}`;
}
