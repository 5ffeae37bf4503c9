export { createLink, type LinkOptions } from './create-link.ts';
export { type LinkTiming, linkLimits, linkTiming } from './limits.ts';
export { type LinkSocket, type LinkSocketEvents, webSocketOptions, webSocketSocket } from './socket.ts';
export type * from './types.ts';
