import type { AccessRules } from '../../../../common/contract/tunnels.ts';
import { ConfirmDialog } from '../../../design/feedback/dialog.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import type { GatewayStatus } from '../model/address.ts';
import type { ExposeForm } from '../model/expose-form.ts';

interface ExposureQuestionProps {
  readonly form: ExposeForm;
  readonly node: string;
  readonly exposure: GatewayStatus['exposure'] | 'unknown';
  readonly address: string | undefined;
  readonly access: AccessRules | undefined;
  readonly onAnswer: (yes: boolean) => void;
}

/** Level 2: others will be able to reach the service. */
export function ExposureQuestion({ form, node, exposure, address, access, onAnswer }: ExposureQuestionProps) {
  const { t } = useTranslation('tunnels');
  const { t: common } = useTranslation('common');
  const addresses = access?.allowedAddresses ?? [];
  return (
    <ConfirmDialog
      confirmation={{
        title: t('exposureTitle', { name: form.name }),
        message: t(`exposureMessage_${exposure}`, { service: form.service, node }),
        effects: [
          [t('effect_address'), address ?? t('addressUnknown')],
          [t('effect_goesTo'), `${node} → ${form.service}`],
          [t('effect_asks'), access?.basicAuth == null ? t('asksNothing') : t('asksPassword', { name: access.basicAuth.username })],
          [t('effect_from'), addresses.length === 0 ? t('allAddresses') : addresses.join(', ')],
          [t('effect_undo'), t('exposureUndo')],
        ],
        verb: t('exposeVerb'),
        harmless: true,
        cancel: common('cancel'),
      }}
      onAnswer={onAnswer}
    />
  );
}
