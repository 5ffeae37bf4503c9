import type { IncomingMessage } from 'node:http';
import type { AccessRules } from '../../../../../common/contract/tunnels.ts';
import type { Flow } from './figures.ts';
import type { FrontResponse } from './front-response.ts';
import type { ReadHead } from './request-head.ts';
import type { RouteMatch } from './route-table.ts';
import type { SwitchRequest } from './switch-protocols.ts';

/** What is known of a request when it has been let in. */
export interface ExchangeFacts {
  readonly request: IncomingMessage;
  readonly response: FrontResponse;
  /** The connection wants to become a WebSocket. */
  readonly switched: SwitchRequest | undefined;
  readonly head: ReadHead;
  readonly match: RouteMatch;
  readonly flows: readonly Flow[];
  readonly expectsContinue: boolean;
  readonly dropAuthorization: boolean;
  readonly remoteAddress: string;
  readonly secure: boolean;
  /** On the monotonic clock. */
  readonly startedAtMs: number;
  /** The rules of the tunnel by which the request has been let in: asked again when the agent comes back with others. */
  readonly passedAccess: AccessRules | undefined;
}
