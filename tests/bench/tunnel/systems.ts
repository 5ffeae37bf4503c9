import type { Origin } from './origin.ts';

/** A way from a public port to the local service. */
export interface TunnelSystem {
  /** With its version. */
  readonly name: string;
  readonly publicPort: number;
  /** As the Host header must have it. */
  readonly host: string;
  /** Processes of the public end; none: there is no tunnel. */
  readonly gatewayPids: readonly number[];
  /** Processes of the service's end. */
  readonly agentPids: readonly number[];
  /** It does not pass WebSockets through. */
  readonly withoutWebSockets?: boolean;
  /** It takes all that a service sends, whether a client reads it or not; true: start it anew after such a client. */
  readonly keepsWhatIsUnread?: boolean;
  stop(): Promise<void>;
}

/** Starts both ends before a service. @throws NotAvailable */
export type StartTunnel = (origin: Origin, folder: string) => Promise<TunnelSystem>;

/** First label of the host names that lead to the service. */
export const agentName = 'press';

/** With which our agent signs in to our gateway. */
export const benchToken = { tokenId: 'T-BE0CBE0C', secret: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8' };
