/** The node's HTTP port. */
export type { CliToken } from './cli-token.ts';
export { type HealthReport, HttpListener, type HttpListenerOptions } from './http-listener.ts';
export type { HttpTimings } from './http-server.ts';
