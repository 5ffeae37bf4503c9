/** Requests of the tunnels of this node: kept within bounds, without secrets, shown, searched and sent again. */
export { defaultCapture, Inspector } from './inspector.ts';
export { inspectorLimits } from './limits.ts';
export type { ObservedTunnel } from './request-record.ts';
