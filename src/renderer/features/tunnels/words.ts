/** What is said of tunnels and gateways, the same in every part of the screen. */
import type { TFunction } from 'i18next';
import type { TunnelInfo } from '../../../common/contract/tunnels.ts';
import { formatAge, formatDuration } from '../../state/format.ts';
import { tunnelHealth } from '../shared/tunnels/tunnel-health.ts';

type Translate = TFunction<'tunnels'>;

/** The word beside the shape of a tunnel. */
export function stateWord(t: Translate, tunnel: TunnelInfo, stale: boolean): string {
  const word = t(`state_${tunnelHealth(tunnel)}`);
  return stale ? t('was', { word: word.toLowerCase() }) : word;
}

/** Who can come in, as far as the gateway says. */
export function exposureWord(t: Translate, exposure: TunnelInfo['exposure']): string {
  return exposure === null ? t('exposure_unknown') : t(`exposure_${exposure}`);
}

/** `Public, asks for a password`; what keeps people out is named. */
export function exposureWords(t: Translate, { exposure, access }: Pick<TunnelInfo, 'exposure' | 'access'>): string {
  return [
    exposureWord(t, exposure),
    ...(access.basicAuth === null ? [] : [t('rule_password')]),
    ...(access.allowedAddresses.length === 0 ? [] : [t('rule_addresses', { count: access.allowedAddresses.length })]),
  ].join(', ');
}

/** Why nobody is served now, and when that is tried again. Empty while all is well. */
export function troubleWords(t: Translate, tunnel: TunnelInfo, nowMs: number): string {
  const { service, lastError, nextTryAt } = tunnel;
  switch (tunnelHealth(tunnel)) {
    case 'serviceDown':
      return service?.detail ?? '';
    case 'waiting':
    case 'connecting': {
      const reason = lastError?.message ?? '';
      const waitMs = nextTryAt === null ? undefined : Math.max(0, nextTryAt - nowMs);
      if (waitMs === undefined) return reason;
      const next = waitMs < 1_000 ? t('nextTryNow') : t('nextTry', { wait: formatAge(waitMs) });
      return reason === '' ? next : t('reasonAndNext', { reason: reason.replace(/\.$/, ''), next });
    }
    case 'failed':
      return lastError?.message ?? '';
    default:
      return '';
  }
}

/** `0.8 %`, `0 %`, an en dash while nothing was asked. */
export function percentWords(ratio: number | null): string {
  if (ratio === null) return '–';
  const percent = ratio * 100;
  return `${percent === 0 ? '0' : percent >= 10 ? Math.round(percent) : percent < 0.1 ? '<0.1' : percent.toFixed(1)} %`;
}

/** A time without its unit, for a column that has it in its head. */
export function msNumber(ms: number | null): string {
  return ms === null ? '–' : ms < 10 && ms % 1 !== 0 ? ms.toFixed(1) : Math.round(ms).toLocaleString('en');
}

/** `38 ms`, or an en dash. */
export function durationWords(ms: number | null): string {
  if (ms === null) return '–';
  return ms > 0 && ms < 0.05 ? '<0.1 ms' : formatDuration(ms);
}
