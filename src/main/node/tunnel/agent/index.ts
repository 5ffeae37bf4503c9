/** The agent's end of tunnels: local services that a gateway answers for (seed 5). */
export { Agent } from './agent.ts';
export { agentLimits } from './limits.ts';
export { plainTarget, type Target } from './origin/target-guard.ts';
export type { ExchangeEnd, ExchangeObserver, ObservedRequest, ReplaySender, RequestObserver } from './request-observer.ts';
export type { FiguresReport } from './service-figures.ts';
export type { AgentFault, AgentOptions, AgentState, AgentStatus, AgentTiming, GatewayAccess, PublicPlace, Reach } from './types.ts';
