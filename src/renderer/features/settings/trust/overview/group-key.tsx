import { Button } from '../../../../design/controls/index.ts';
import { type GridColumn, GridTable } from '../../../../design/data/grid-table.tsx';
import { StateLabel } from '../../../../design/icons/index.ts';
import { KeyValues } from '../../../../design/layout/bars.tsx';
import { useTranslation } from '../../../../i18n/index.ts';
import { formatTime } from '../../../../state/format.ts';
import type { ViewCall } from '../../../../state/use-call.ts';
import { useRights } from '../rights.ts';
import { rotationWords } from '../rotation-words.ts';
import { dataOf, type Rotation } from '../trust-data.ts';
import { openTrustDialog } from '../trust-dialogs.ts';

/** The key for what all members may read, and how far its change is, member by member. */
export function GroupKey({ state, retry }: ViewCall<Rotation>) {
  const { t } = useTranslation('membership');
  const { mayLead } = useRights();
  const rotation = dataOf(state);
  return (
    <div className="tr-group-key">
      <h4 className="sb-h">{t('groupKey')}</h4>
      {state.kind === 'error' && (
        <p className="sb-2 tr-help">
          <StateLabel kind="failed">{t('rotationFailed')}</StateLabel> {state.error.message}{' '}
          <button type="button" className="sb-link" onClick={retry}>
            {t('readAgain')}
          </button>
        </p>
      )}
      {rotation !== undefined && (
        <>
          <KeyValues
            items={[
              [t('fact_epoch'), t('epoch', { epoch: rotation.epoch })],
              [t('fact_keyState'), <KeyState key="state" rotation={rotation} />],
              [
                t(rotation.state === 'idle' ? 'fact_keySince' : 'fact_changeSince'),
                rotation.since === null ? '–' : formatTime(rotation.since),
              ],
              ...(rotation.state === 'idle' && rotation.dueAt !== null ? [[t('fact_keyDue'), formatTime(rotation.dueAt)] as const] : []),
            ]}
          />
          {rotation.members.length > 0 && <Progress rotation={rotation} />}
          {rotation.state === 'idle' && (
            <div className="tr-acts">
              <Button variant="default" disabled={!mayLead} onClick={() => openTrustDialog({ kind: 'rotate' })}>
                {t('rotate')}
              </Button>
              <span className="sb-3">{t('rotateHelp')}</span>
            </div>
          )}
        </>
      )}
    </div>
  );
}

function KeyState({ rotation }: { readonly rotation: Rotation }) {
  const { t } = useTranslation('membership');
  const words = rotationWords(t, rotation);
  return rotation.state === 'idle' ? words : <StateLabel kind="running">{words}</StateLabel>;
}

function Progress({ rotation: { members, skippable } }: { readonly rotation: Rotation }) {
  const { t } = useTranslation('membership');
  const { mayLead } = useRights();
  const columns: readonly GridColumn[] = [
    { id: 'name', title: t('col_name'), width: 'minmax(96px, 1fr)' },
    { id: 'step', title: t('col_step'), width: 'minmax(128px, 1fr)' },
    { id: 'act', title: '', width: '104px' },
  ];
  return (
    <GridTable
      label={t('rotationProgress')}
      columns={columns}
      rows={members.map(({ nodeId, name, step, confirmed, failure }) => ({
        id: nodeId,
        cells: [
          <b key="name" className="tr-name">
            {name}
          </b>,
          <span key="step" title={failure ?? undefined}>
            <StateLabel kind={confirmed ? 'online' : failure === null ? 'running' : 'warn'}>
              {t(step === null ? 'step_none' : `step_${step}`)}
            </StateLabel>
          </span>,
          skippable.includes(nodeId) ? (
            <button
              key="act"
              type="button"
              className="sb-link"
              disabled={!mayLead}
              onClick={() => openTrustDialog({ kind: 'skip', nodeId })}
            >
              {t('skip')}
            </button>
          ) : null,
        ],
      }))}
    />
  );
}
