import type { ReactNode } from 'react';
import { shortNodeId } from '../../../../../common/ids.ts';
import { Button } from '../../../../design/controls/index.ts';
import { IconDownload, StateLabel } from '../../../../design/icons/index.ts';
import { KeyValues } from '../../../../design/layout/bars.tsx';
import { useTranslation } from '../../../../i18n/index.ts';
import { elideId } from '../../../../state/group-id.ts';
import { Fingerprint } from '../../../shared/fingerprint.tsx';
import { Copyable } from '../copyable.tsx';
import { useRights } from '../rights.ts';
import type { Status } from '../trust-data.ts';
import { openTrustDialog } from '../trust-dialogs.ts';
import { Addresses } from './addresses.tsx';
import { keyStoreOf } from './key-store.ts';

/** Who this node is: name, id, fingerprint, what protects its key, where others find it. */
export function ThisNode({ status }: { readonly status: Status }) {
  const { t } = useTranslation('membership');
  const { mayChange } = useRights();
  const { nodeId, name, fingerprint } = status;
  const store = keyStoreOf(status.keyStore);
  const facts: readonly (readonly [string, ReactNode])[] = [
    [
      t('fact_name'),
      <b key="name" title={name}>
        {name}
      </b>,
    ],
    [
      t('fact_nodeId'),
      <Copyable key="id" text={nodeId} label={t('copyNodeId')}>
        {elideId(nodeId)}
      </Copyable>,
    ],
    [t('fact_shortId'), <Short key="short" nodeId={nodeId} />],
    [
      t('fact_keyStore'),
      store === 'keyFile' ? (
        <StateLabel key="store" kind="warn">
          {t('keyStore_keyFile')}
        </StateLabel>
      ) : (
        t(`keyStore_${store}`, { store: status.keyStore })
      ),
    ],
  ];
  return (
    <section className="tr-part" aria-labelledby="tr-this-node">
      <h3 id="tr-this-node" className="sb-h">
        {t('thisNode')}
      </h3>
      <KeyValues items={facts} />
      {store === 'keyFile' && <p className="sb-3 tr-help">{t('keyFileHelp')}</p>}
      <Addresses status={status} />
      <h4 className="sb-h">{t('fingerprint')}</h4>
      <Fingerprint name={name} nodeId={nodeId} words={fingerprint.words} hex={fingerprint.hex} />
      <div className="tr-acts">
        <Button
          variant="default"
          disabled={!mayChange}
          leftSection={<IconDownload size={14} stroke={1.6} />}
          onClick={() => openTrustDialog({ kind: 'backup' })}
        >
          {t('backup')}
        </Button>
        <span className="sb-3">{t('backupHelp')}</span>
      </div>
    </section>
  );
}

/** What people say beside the name; the node id is too long to read out. */
function Short({ nodeId }: { readonly nodeId: string }) {
  const { t } = useTranslation('membership');
  return (
    <>
      <span className="sb-mono">{shortNodeId(nodeId)}</span> <span className="sb-3">{t('shortIdHelp')}</span>
    </>
  );
}
