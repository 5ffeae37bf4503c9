/** Messages between the node and the thread of its hub. */
import type { HubRefusal } from './packet-guard.ts';

export interface HubOptions {
  readonly host: string;
  readonly port: number;
  readonly prefix: string;
}

/** What the hub is doing and has done since it started. */
export interface HubSample {
  readonly clients: number;
  readonly published: number;
  readonly unsentBytes: number;
  readonly retained: number;
  /** Connections and packets refused, by reason. */
  readonly refused: Readonly<Record<string, number>>;
}

export type ToHub = { readonly type: 'sample' } | { readonly type: 'stop' };

export type FromHub =
  | { readonly type: 'listening'; readonly port: number }
  | { readonly type: 'failed'; readonly code: string; readonly message: string }
  | {
      readonly type: 'refused';
      readonly refusal: HubRefusal | 'not-allowed' | 'cannot-accept';
      readonly detail: string | null;
      readonly client: string | null;
    }
  | { readonly type: 'sampled'; readonly sample: HubSample }
  | { readonly type: 'stopped' };
