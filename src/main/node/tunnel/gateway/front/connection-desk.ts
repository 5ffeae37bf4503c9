import type { Socket } from 'node:net';
import type { AccessRules, TunnelKind } from '../../../../../common/contract/tunnels.ts';
import type { FrontRefusal } from '../types.ts';
import { abort } from './abort.ts';
import { ConnectionExchange } from './connection-exchange.ts';
import type { FrontContext } from './front-context.ts';

/** Where a raw connection leads. */
export interface ConnectionTarget {
  readonly kind: Extract<TunnelKind, 'tcp' | 'tls'>;
  readonly agentId: string;
  readonly routeId: string | undefined;
  readonly access: AccessRules | undefined;
}

/** Looks at each raw connection before an agent is asked for it. Rules that want a password let nobody in here: there is none to ask for. */
export function takeConnection(context: FrontContext, socket: Socket, firstBytes: Buffer, target: ConnectionTarget): void {
  const { agentId, routeId, kind } = target;
  const nowMs = performance.now();
  const refuse = (reason: FrontRefusal): void => {
    context.refuse(reason, agentId, routeId);
    abort(socket);
  };
  const session = context.directory.find(agentId);
  if (session === undefined || session.kind !== kind) {
    refuse('no-agent');
    return;
  }
  for (const rules of [session.access, target.access]) {
    const barred = context.gates.of(rules, nowMs)?.check(socket.remoteAddress ?? '', undefined, nowMs);
    if (barred !== undefined) {
      refuse(barred);
      return;
    }
  }
  const full = context.fullFor(agentId, nowMs);
  if (full !== undefined) {
    refuse(full);
    return;
  }
  new ConnectionExchange(context, { socket, firstBytes, kind, agentId, routeId, flows: context.flowsOf(target, nowMs) }).place(session);
}
