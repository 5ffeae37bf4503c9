/** Who may come in, as a form holds it. */
import type { AccessRules, TunnelInfo } from '../../../../common/contract/tunnels.ts';

export interface AccessForm {
  readonly username: string;
  readonly password: string;
  /** One a line, or with commas between. */
  readonly addresses: string;
  /** Empty: no limit. */
  readonly rate: string;
}

export const emptyAccess: AccessForm = { username: '', password: '', addresses: '', rate: '' };

/** Rules that hold, without the password, which nobody is shown. */
export function accessFormOf({ basicAuth, allowedAddresses, requestsPerSecond }: TunnelInfo['access']): AccessForm {
  return {
    username: basicAuth?.username ?? '',
    password: '',
    addresses: allowedAddresses.join(', '),
    rate: requestsPerSecond === null ? '' : String(requestsPerSecond),
  };
}

export type AccessField = 'username' | 'password' | 'addresses' | 'rate';

/** What the form says, or which fields cannot be read. */
export function readAccess(form: AccessForm): { readonly access: AccessRules } | { readonly wrong: readonly AccessField[] } {
  const wrong: AccessField[] = [];
  const { username, password } = form;
  if (username !== '' && password === '') wrong.push('password');
  if (username === '' && password !== '') wrong.push('username');
  const allowedAddresses = form.addresses.split(/[\s,]+/).filter((part) => part !== '');
  if (allowedAddresses.length > 64 || allowedAddresses.some((part) => !isAddress(part))) wrong.push('addresses');
  const rate = form.rate.trim() === '' ? null : Number(form.rate);
  if (rate !== null && !(rate > 0 && rate <= 1_000_000)) wrong.push('rate');
  if (wrong.length > 0) return { wrong };
  return { access: { basicAuth: username === '' ? null : { username, password }, allowedAddresses, requestsPerSecond: rate } };
}

/** Looks like an IP address or a network; the gateway says whether it is one. */
function isAddress(text: string): boolean {
  return /^(\d{1,3}(\.\d{1,3}){3}|[0-9a-f]*:[0-9a-f:.]*)(\/\d{1,3})?$/i.test(text);
}
