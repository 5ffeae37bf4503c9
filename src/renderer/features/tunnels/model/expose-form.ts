/** What is chosen when a service is exposed, and what of it is not right yet. */

import type { ParamsOf } from '../../../../common/contract/index.ts';
import { agentIdPattern, type TunnelKind, tokenIdPattern } from '../../../../common/contract/tunnels.ts';
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
    gateway: null,
    url: '',
    tokenId: '',
    secret: '',
    legacy: false,
    authority: false,
    access: emptyAccess,
  };
}

export type ExposeField = 'service' | 'name' | 'taken' | 'gateway' | 'url' | 'tokenId' | 'secret' | 'access';

/** Params of `tunnels.create`, or what is not right. @param taken names that the chosen gateway answers for already */
export function readExpose(
  form: ExposeForm,
  taken: ReadonlySet<string>,
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
  if (wrong.length > 0 || target === undefined || form.gateway === null || 'wrong' in access) return { wrong };
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
  return { params: { agentId: form.name, gateway, target, kind: form.kind, access: access.access } };
}
