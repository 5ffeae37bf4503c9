import type { ResultOf } from '../../../../../common/contract/index.ts';
import { QrCode } from '../../../../design/data/qr-code.tsx';
import { useTranslation } from '../../../../i18n/index.ts';
import { joinText } from '../../../shared/join-text.ts';
import { spell } from '../model/spelling.ts';

/** A join code to read out: in groups of five, spelled for a radio, for a camera, and where to join. */
export function InviteCode({ made, ended }: { readonly made: ResultOf<'membership.invite'>; readonly ended: boolean }) {
  const { t } = useTranslation('membership');
  const groups = made.code.split('-');
  const spelled = spell(made.code);
  return (
    <div className="tr-code" {...(ended && { 'data-ended': true })}>
      <div>
        <p className="tr-code-groups sb-select">
          <code>{made.code}</code>
        </p>
        <ol className="tr-spelling" aria-label={t('spelled')}>
          {spelled.map((words, index) => (
            <li key={groups[index]}>
              <span className="sb-mono">{groups[index]}</span>
              {words}
            </li>
          ))}
        </ol>
        <h4 className="sb-h">{t('joinAt')}</h4>
        <ul className="sb-mono sb-select tr-list">
          {made.addresses.map((address) => (
            <li key={address}>{address}</li>
          ))}
        </ul>
        <p className="sb-3 tr-help">{t('codeHelp')}</p>
      </div>
      <QrCode text={joinText(made)} label={t('codeQr')} sizePx={164} />
    </div>
  );
}
