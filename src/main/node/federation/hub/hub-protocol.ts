/** Messages between the node and the thread of its hub. */
import type { ThreadWith } from '../../threads/index.ts';
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

/** What the node's own thread and the thread of its hub say to each other. */
export type HubThread = ThreadWith<{
  readonly data: HubOptions;
  readonly ready: { readonly port: number };
  readonly methods: { readonly sample: { readonly request: undefined; readonly result: HubSample } };
  readonly reports: {
    readonly refused: {
      readonly refusal: HubRefusal | 'not-allowed' | 'cannot-accept';
      readonly detail: string | null;
      readonly client: string | null;
    };
  };
  /** As the system says it. */
  readonly failure: { readonly code: string; readonly message: string };
}>;
