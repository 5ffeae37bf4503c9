import { Button } from '../../../design/controls/index.ts';
import { copyText } from '../../../design/copy-text.ts';
import { showToast } from '../../../design/feedback/toast.ts';
import { IconCopy } from '../../../design/icons/index.ts';
import { KeyValues } from '../../../design/layout/bars.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { useNode } from '../../../state/node.ts';
import { Part } from './part.tsx';

/** The certificate that browsers and programs are shown, for people to compare; nothing while the console has none. */
export function ConsoleCertificate() {
  const { t } = useTranslation('settings');
  const { t: common } = useTranslation('common');
  const listener = useNode(({ status }) => status?.listeners.find(({ tls }) => tls !== undefined));
  const tls = listener?.tls;
  if (tls === undefined) return null;
  const until = new Date(tls.validUntilMs).toISOString().slice(0, 10);
  const copy = () => void copyText(tls.fingerprint).then((done) => done && showToast({ title: common('copied') }));
  return (
    <Part title={t('certificate')} help={t(`certificateHelp_${tls.source}`)}>
      <KeyValues
        items={[
          [t('certificateAddress'), listener?.detail ?? t('factUnknown')],
          [t('certificateKeyPrint'), <Print key="key" text={tls.fingerprint} />],
          [t('certificatePrint'), <Print key="certificate" text={tls.certificateFingerprint} />],
          [t('certificateUntil'), until],
        ]}
      />
      <div className="sb-flex">
        <Button variant="default" leftSection={<IconCopy size={14} stroke={1.6} />} onClick={copy}>
          {t('copyFingerprint')}
        </Button>
      </div>
    </Part>
  );
}

/** 64 digits in groups of eight, which people can keep their place in; copied without the gaps. */
function Print({ text }: { readonly text: string }) {
  return (
    <span className="sb-mono st-print">
      {text.match(/.{1,8}/g)?.map((group) => (
        <span key={group}>{group}</span>
      ))}
    </span>
  );
}
