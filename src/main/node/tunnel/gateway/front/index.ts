export { isNetwork } from './access-gate.ts';
export { defaultFrontLimits, type FrontLimits } from './front-limits.ts';
export { PublicFront, type PublicFrontOptions } from './public-front.ts';
export type { TcpPortState } from './tcp-ports.ts';
