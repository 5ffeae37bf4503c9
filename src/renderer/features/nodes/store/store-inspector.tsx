import { useMemo } from 'react';
import type { StoreItem } from '../../../../common/contract/store.ts';
import { Button } from '../../../design/controls/index.ts';
import { Loading } from '../../../design/feedback/states.tsx';
import { StateLabel } from '../../../design/icons/index.ts';
import { KeyValues } from '../../../design/layout/bars.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatBytes, formatCount, formatTime } from '../../../state/format.ts';
import { useNodeNames } from '../../../state/node-names.ts';
import { dataOf, useCall } from '../../../state/use-call.ts';
import { CallFailure } from '../../shared/call-failure.tsx';
import { HexPayload, TextPayload } from '../../shared/payload/payload-parts.tsx';
import { Inspector } from '../activity/inspector.tsx';
import { changedByWords, copyShapes } from './copies.ts';
import { useStorePlace } from './store-place.ts';

interface StoreInspectorProps {
  readonly item: StoreItem;
  readonly isOwn: boolean;
  readonly mayChange: boolean;
  readonly onChange: () => void;
  readonly onDelete: () => void;
  readonly onClose: () => void;
}

/** One value, where its copies are, and what can be done with it. */
export function StoreInspector(props: StoreInspectorProps) {
  const { t } = useTranslation('store');
  const { item, isOwn, mayChange } = props;
  const nameOf = useNodeNames();
  return (
    <Inspector
      title={item.key}
      isCode
      place={nameOf(item.ownerId)}
      onClose={props.onClose}
      {...(isOwn && {
        foot: (
          <>
            <Button variant="default" disabled={!mayChange} onClick={props.onChange}>
              {t('act_change')}
            </Button>
            <span className="sb-grow" />
            <Button variant="subtle" color="crit" disabled={!mayChange} onClick={props.onDelete}>
              {t('act_delete')}
            </Button>
          </>
        ),
      })}
    >
      <div className="sb-sec">
        <KeyValues
          items={[
            [t('col_size'), formatBytes(item.sizeBytes)],
            [t('col_version'), formatCount(item.version)],
            [t('col_changed'), formatTime(item.updatedAt)],
            [t('col_by'), changedByWords(item.updatedBy, nameOf)],
          ]}
        />
      </div>
      {isOwn && <Copies item={item} />}
      <Value key={item.version} item={item} isOwn={isOwn} />
    </Inspector>
  );
}

function Copies({ item: { replicas } }: { readonly item: StoreItem }) {
  const { t } = useTranslation('store');
  return (
    <section className="sb-sec" aria-labelledby="st-copies">
      <h3 id="st-copies" className="sb-h">
        {t('col_copies')}
      </h3>
      {replicas.length === 0 ? (
        <p className="sb-3">{t('copiesNoneText')}</p>
      ) : (
        <ul className="st-copies" aria-labelledby="st-copies">
          {replicas.map(({ nodeId, name, state, version, refusal }) => (
            <li key={nodeId}>
              <span className="sb-clip" title={name}>
                {name}
              </span>
              <StateLabel kind={copyShapes[state]}>
                {version === null ? t(`copy_${state}`) : t('copyVersion', { state: t(`copy_${state}`), version: formatCount(version) })}
              </StateLabel>
              {refusal !== null && <span className="sb-3 st-refusal">{refusal}</span>}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** Up to 256 KiB: read once for each version, and not with each look at the list. */
function Value({ item, isOwn }: { readonly item: StoreItem; readonly isOwn: boolean }) {
  const { t } = useTranslation('store');
  const { t: common } = useTranslation('common');
  const { nodeId, name: node } = useStorePlace();
  const { state, retry, cancel } = useCall('store.get', { key: item.key, ...(!isOwn && { owner: item.ownerId }) }, { nodeId });
  const answer = dataOf(state);
  const bytes = useMemo(
    () => (answer?.encoding === 'base64' ? Uint8Array.from(atob(answer.value), (character) => character.charCodeAt(0)) : undefined),
    [answer],
  );
  if (state.kind === 'error')
    return <CallFailure title={t('valueFailed', { key: item.key })} error={state.error} call="store.get" onRetry={retry} />;
  if (answer === undefined) {
    return <Loading rows={3} asking={(seconds) => common('asking', { node, seconds })} cancelLabel={common('cancel')} onCancel={cancel} />;
  }
  return (
    <section className="st-value sb-col" aria-labelledby="st-value">
      <h3 id="st-value" className="sb-h">
        {t('value')} <span className="sb-3">{t(bytes === undefined ? 'valueText' : 'valueBytes')}</span>
      </h3>
      {bytes === undefined ? (
        <TextPayload label={t('value')} text={answer.value} all />
      ) : (
        <HexPayload label={t('value')} bytes={bytes} all />
      )}
    </section>
  );
}
