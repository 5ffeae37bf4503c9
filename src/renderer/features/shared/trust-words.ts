import type { TFunction } from 'i18next';

/** Codes of failures about keys, certificates and membership that one sentence explains. */
const explained = [
  'CHANNEL_BINDING',
  'PIN',
  'KEY_WEAK',
  'REVOKED',
  'NOT_MEMBER',
  'WRONG_CLUSTER',
  'CLOCK',
  'FUTURE',
  'BAD_SIGNATURE',
  'REPLAYED',
  'DECRYPT',
  'STALE_MEMBERSHIP',
  'SELF',
  'VERSION',
] as const;

/** One sentence for a person: what happened between two nodes, and what to do. Undefined for codes that are about something else. */
export function trustAdvice(t: TFunction<'common'>, code: string): string | undefined {
  const known = explained.find((candidate) => candidate === code);
  return known === undefined ? undefined : t(`trust.${known}`);
}
