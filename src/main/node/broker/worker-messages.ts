import type { MessagePort } from 'node:worker_threads';
import type { TlsMaterial } from '../certificates/index.ts';
import type { ThreadWith } from '../threads/index.ts';
import type { BrokerProfile } from './broker.ts';
import type { BrokerReport, OperationAnswer, OperationRequest } from './broker-face.ts';
import type { BrokerFigures } from './figures.ts';
import type { Caller } from './server/operations/index.ts';

export interface BrokerWorkerData {
  readonly folder: string;
  readonly backupFolder: string;
  readonly host: string;
  readonly port: number;
  readonly advertisedHost: string | undefined;
  readonly profile: BrokerProfile;
  readonly anonymous: boolean;
  readonly nodeId: string;
  readonly name: string;
  readonly certificate: TlsMaterial;
  readonly resourcesPath: string | undefined;
  /** The other end answers for the node's key and its members. */
  readonly trustPort: MessagePort;
}

/** What the node's own thread and the broker's thread say to each other. */
export type BrokerThread = ThreadWith<{
  readonly data: BrokerWorkerData;
  readonly methods: {
    /** An operation of docs/broker-protocol.md; refusals are answers. */
    readonly request: {
      readonly request: { readonly operation: OperationRequest; readonly caller: Caller };
      readonly result: OperationAnswer;
      readonly progress: Readonly<Record<string, unknown>>;
    };
  };
  readonly told: {
    /** Who stands behind a token that was asked about; undefined: nobody. */
    readonly token: { readonly id: number; readonly caller: Caller | undefined };
    /** Whether programs may do without a token from now on. */
    readonly anonymous: boolean;
    /** A renewed one: connections that are open keep the former. */
    readonly certificate: TlsMaterial;
  };
  readonly reports: {
    readonly status: { readonly report: BrokerReport; readonly figures: BrokerFigures | undefined };
    /** Asks who stands behind a token. */
    readonly checkToken: { readonly id: number; readonly token: string };
  };
}>;
