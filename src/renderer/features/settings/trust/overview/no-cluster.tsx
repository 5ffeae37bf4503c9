import { Button } from '../../../../design/controls/index.ts';
import { IconTopologyStar3 } from '../../../../design/icons/index.ts';
import { useTranslation } from '../../../../i18n/index.ts';
import { useRights } from '../rights.ts';
import { openTrustDialog } from '../trust-dialogs.ts';

/** The node is in no cluster: create one, or join one. */
export function NoCluster() {
  const { t } = useTranslation('membership');
  const { mayChange } = useRights();
  return (
    <section className="tr-part" aria-labelledby="tr-cluster">
      <h3 id="tr-cluster" className="sb-h">
        {t('cluster')}
      </h3>
      <div className="tr-none">
        <span className="sb-3">
          <IconTopologyStar3 size={24} stroke={1.5} />
        </span>
        <h4 className="tr-none-title">{t('noCluster')}</h4>
        <p className="sb-2">{t('noClusterHelp')}</p>
        <div className="sb-flex">
          <Button disabled={!mayChange} onClick={() => openTrustDialog({ kind: 'create' })}>
            {t('create')}
          </Button>
          <Button variant="default" disabled={!mayChange} onClick={() => openTrustDialog({ kind: 'join' })}>
            {t('join')}
          </Button>
        </div>
        <p className="sb-2">
          {t('fromTerminal')}
          <br />
          <code className="sb-mono sb-select">signalbox cluster create 'North yard'</code>
          <br />
          <code className="sb-mono sb-select">signalbox cluster join CODE --at HOST:7422</code>
        </p>
      </div>
    </section>
  );
}
