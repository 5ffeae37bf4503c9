import { Button } from '../../../design/controls/index.ts';
import { copyText } from '../../../design/copy-text.ts';
import { showToast } from '../../../design/feedback/toast.ts';
import { IconCopy } from '../../../design/icons/index.ts';
import { Mark } from '../../../design/icons/mark.tsx';
import { KeyValues } from '../../../design/layout/bars.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { desktop } from '../../../state/host.ts';
import { useNode } from '../../../state/node.ts';
import { useCall } from '../../../state/use-call.ts';

/** What this is, which versions it runs on, and under which licence. */
export function AboutSection() {
  const { t } = useTranslation('settings');
  const version = useNode(({ status }) => status?.version);
  const { state } = useCall('system.info', {});
  const info = state.kind === 'ready' || state.kind === 'stale' ? state.data : undefined;
  const unknown = t('factUnknown');
  const facts: readonly (readonly [string, string])[] = [
    [t('aboutNode'), version ?? unknown],
    ...(desktop === undefined ? [] : [[t('aboutDesktop'), desktop.platform.version] as const]),
    ...(info?.runtime.electron == null ? [] : [['Electron', info.runtime.electron] as const]),
    ...(info?.runtime.chrome == null ? [] : [['Chromium', info.runtime.chrome] as const]),
    ['Node.js', info?.runtime.node ?? unknown],
    ['SQLite', info?.runtime.sqlite ?? unknown],
    ['OpenSSL', info?.runtime.openssl ?? unknown],
    [t('aboutSystem'), info === undefined ? unknown : `${info.os.distribution ?? info.os.platform} ${info.os.release}, ${info.os.arch}`],
  ];
  const copy = () =>
    void copyText(facts.map((fact) => fact.join(': ')).join('\n')).then((done) => done && showToast({ title: t('versionsCopied') }));
  return (
    <div className="st-page">
      <div className="sb-flex st-about">
        <Mark />
        <div>
          <h3 className="sb-h">Signalbox</h3>
          <p className="sb-3">{t('aboutLine')}</p>
        </div>
      </div>
      <KeyValues items={facts} />
      <div className="sb-flex">
        <Button variant="default" leftSection={<IconCopy size={14} stroke={1.6} />} onClick={copy}>
          {t('copyVersions')}
        </Button>
      </div>
      <p className="sb-2 st-help">{t('licence')}</p>
      <p className="sb-3 st-help">{t('thirdParty')}</p>
    </div>
  );
}
