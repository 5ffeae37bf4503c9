import type { TunnelKind } from '../../../../common/contract/tunnels.ts';

/** A secret with which a token proves itself, and how long it does. */
export interface TokenSecret {
  /** 1 for the first one; a rotation counts up. */
  readonly version: number;
  readonly secret: string;
  /** Milliseconds since the epoch; null: until the token is rotated or revoked. */
  readonly untilMs: number | null;
}

/** With which agents sign in to the gateway. */
export interface AgentToken {
  readonly tokenId: string;
  /** Names that may sign in with it; a trailing `*` stands for any ending. */
  readonly agentIds: readonly string[];
  readonly kinds: readonly TunnelKind[];
  /** Agents of the first system may use it. */
  readonly legacy: boolean;
  readonly duplicates: 'replace' | 'reject' | 'pool';
  /** Newest first, at most two: of a rotation the former one holds for its grace. */
  readonly secrets: readonly TokenSecret[];
}

/** Whether agents of a name may sign in with a token. */
export function mayBeNamed({ agentIds }: AgentToken, agentId: string): boolean {
  return agentIds.some((pattern) => (pattern.endsWith('*') ? agentId.startsWith(pattern.slice(0, -1)) : agentId === pattern));
}

/** The secrets of a token that hold at a time. */
export function secretsAt({ secrets }: AgentToken, nowMs: number): TokenSecret[] {
  return secrets.filter(({ untilMs }) => untilMs === null || untilMs > nowMs);
}

/** Whether a session that signed in with a secret of a token may go on (security.md 2.9: sessions are checked while they live). */
export function stillGood(
  token: AgentToken | undefined,
  { agentId, kind, secretVersion, legacy }: { agentId: string; kind: TunnelKind; secretVersion: number; legacy: boolean },
  nowMs: number,
): boolean {
  if (token === undefined || !mayBeNamed(token, agentId) || !token.kinds.includes(kind)) return false;
  if (legacy && !token.legacy) return false;
  return secretsAt(token, nowMs).some(({ version }) => version === secretVersion);
}
