/** What the node's own thread and the broker's thread tell each other. */
import type { MessagePort } from 'node:worker_threads';
import type { ErrorShape } from '../../../common/errors.ts';
import type { TlsMaterial } from '../certificates/index.ts';
import type { ProblemReport } from '../telemetry/problems.ts';
import type { BrokerProfile } from './broker.ts';
import type { BrokerReport, OperationAnswer } from './broker-face.ts';
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

export type ToBrokerWorker =
  | { readonly type: 'request'; readonly id: number; readonly operation: unknown; readonly caller: Caller }
  | { readonly type: 'token'; readonly id: number; readonly caller: Caller | undefined }
  | { readonly type: 'anonymous'; readonly allowed: boolean }
  | { readonly type: 'stop' };

export type FromBrokerWorker =
  | { readonly type: 'started' }
  /** It did not start, and the thread ends. */
  | {
      readonly type: 'startFailed';
      readonly error: ErrorShape /** Of the system, for example EADDRINUSE. */;
      readonly systemCode: string | undefined;
    }
  | { readonly type: 'status'; readonly report: BrokerReport; readonly figures: BrokerFigures | undefined }
  | { readonly type: 'answer'; readonly id: number; readonly answer: OperationAnswer }
  | { readonly type: 'progress'; readonly id: number; readonly progress: Readonly<Record<string, unknown>> }
  | { readonly type: 'checkToken'; readonly id: number; readonly token: string }
  | { readonly type: 'raise'; readonly problem: ProblemReport }
  | { readonly type: 'clear'; readonly problemId: string }
  | {
      readonly type: 'log';
      readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';
      readonly event: string;
      readonly message: string;
      readonly fields: Readonly<Record<string, unknown>> | undefined;
    };
