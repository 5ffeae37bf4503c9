/** What is chosen when a service is exposed, and what of it is not right yet. */

import type { ParamsOf } from '../../../../common/contract/index.ts';
import { agentIdPattern, type TunnelKind, tokenIdPattern } from '../../../../common/contract/tunnels.ts';
import { parsePorts } from '../../../../common/port-list.ts';
import { type AccessForm, emptyAccess, readAccess } from './access-form.ts';
import { parseTarget } from './address.ts';

/** Choices of the gateway besides the nodes of the cluster. */
export const byAddress = 'by-address';

export interface ExposeForm {
  /** Node whose service it is. */
  readonly nodeId: string;
  readonly service: string;
  readonly name: string;
  readonly kind: TunnelKind;
  /** TCP alone: port wanted at the gateway; empty: any. */
  readonly publicPort: string;
  /** Id of a node, {@link byAddress}, or null while nothing can be chosen. */
  readonly gateway: string | null;
  readonly url: string;
  readonly tokenId: string;
  readonly secret: string;
  readonly legacy: boolean;
  readonly authority: boolean;
  readonly access: AccessForm;
}

export function emptyExpose(nodeId: string): ExposeForm {
  return {
    nodeId,
    service: '',
    name: '',
    kind: 'http',
    publicPort: '',
    gateway: null,
    url: '',
    tokenId: '',
    secret: '',
    legacy: false,
    authority: false,
    access: emptyAccess,
  };
}

export type ExposeField =
  | 'service'
  | 'name'
  | 'taken'
  | 'gateway'
  | 'url'
  | 'tokenId'
  | 'secret'
  | 'access'
  | 'publicPort'
  | 'portNotOffered'
  | 'noPorts';

/**
 * Params of `tunnels.create`, or what is not right.
 *
 * @param taken names that the chosen gateway answers for already
 * @param tcpPorts ports and ranges that the gateway gives to TCP tunnels; undefined: not known
 */
export function readExpose(
  form: ExposeForm,
  taken: ReadonlySet<string>,
  tcpPorts?: string,
): { readonly params: ParamsOf<'tunnels.create'> } | { readonly wrong: readonly ExposeField[] } {
  const wrong: ExposeField[] = [];
  const target = parseTarget(form.service);
  if (target === undefined) wrong.push('service');
  if (!agentIdPattern.test(form.name)) wrong.push('name');
  else if (taken.has(form.name)) wrong.push('taken');
  if (form.gateway === null) wrong.push('gateway');
  if (form.gateway === byAddress) {
    if (!/^wss?:\/\/[^\s/]+/.test(form.url.trim())) wrong.push('url');
    if (!tokenIdPattern.test(form.tokenId.trim())) wrong.push('tokenId');
    if (form.secret === '') wrong.push('secret');
  }
  const access = readAccess(form.access);
  if ('wrong' in access) wrong.push('access');
  const publicPort = form.kind === 'tcp' ? readPublicPort(form.publicPort) : null;
  if (publicPort === undefined) wrong.push('publicPort');
  else if (form.kind === 'tcp') wrong.push(...portFaults(publicPort, tcpPorts));
  if (wrong.length > 0 || target === undefined || form.gateway === null || 'wrong' in access || publicPort === undefined) return { wrong };
  const gateway =
    form.gateway === byAddress
      ? {
          url: form.url.trim(),
          tokenId: form.tokenId.trim(),
          secret: form.secret,
          legacy: form.legacy,
          verify: form.authority ? ('authority' as const) : ('token' as const),
        }
      : { nodeId: form.gateway };
  return { params: { agentId: form.name, gateway, target, kind: form.kind, access: access.access, publicPort } };
}

/** @returns null: any port; undefined: not understood */
export function readPublicPort(text: string): number | null | undefined {
  if (text.trim() === '') return null;
  const port = /^\d{1,5}$/.test(text.trim()) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : undefined;
}

function portFaults(wanted: number | null, tcpPorts: string | undefined): readonly ExposeField[] {
  const offered = tcpPorts === undefined ? undefined : parsePorts(tcpPorts);
  if (offered === undefined) return [];
  if (offered.length === 0) return ['noPorts'];
  return wanted === null || offered.includes(wanted) ? [] : ['portNotOffered'];
}
