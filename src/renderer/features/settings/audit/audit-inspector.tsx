import type { ReactNode } from 'react';
import type { AuditEntry } from '../../../../common/contract/audit.ts';
import { IconButton } from '../../../design/controls/icon-button.tsx';
import { copyText } from '../../../design/copy-text.ts';
import { JsonView } from '../../../design/data/json-view.tsx';
import { showToast } from '../../../design/feedback/toast.ts';
import { IconCopy, IconX, StateShape } from '../../../design/icons/index.ts';
import { KeyValues } from '../../../design/layout/bars.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatDuration, formatTime } from '../../../state/format.ts';

/** One entry of the audit table in full. */
export function AuditInspector({ entry, onClose }: { readonly entry: AuditEntry; readonly onClose: () => void }) {
  const { t } = useTranslation('settings');
  const { t: common } = useTranslation('common');
  const facts: readonly (readonly [string, ReactNode])[] = [
    [t('outcome'), t(`outcome_${entry.outcome}`)],
    ...(entry.code === null ? [] : [[common('error.code'), <code key="code">{entry.code}</code>] as const]),
    [t('time'), formatTime(entry.timestamp, { milliseconds: true })],
    [t('who'), entry.user],
    [t('role'), entry.roles.join(', ') || t('none')],
    [t('via'), entry.via],
    ...(entry.target === null ? [] : [[t('target'), entry.target] as const]),
    ...(entry.durationMs === null ? [] : [[t('took'), formatDuration(entry.durationMs)] as const]),
    [
      common('error.node'),
      <span key="node" className="sb-mono" title={entry.node}>
        {entry.node}
      </span>,
    ],
    [t('entry'), `#${entry.id}`],
  ];
  const copy = () => void copyText(JSON.stringify(entry, null, 2)).then((done) => done && showToast({ title: common('copied') }));
  return (
    <aside className="sb-col sb-grow" aria-label={t('entryDetail')} data-region="inspector">
      <div className="sb-insp-head">
        {entry.outcome !== 'done' && <StateShape kind="failed" />}
        <b className="sb-clip sb-mono">{entry.act}</b>
        <span className="sb-grow" />
        <IconButton label={common('copy')} onClick={copy}>
          <IconCopy size={14} stroke={1.6} />
        </IconButton>
        <IconButton label={common('close')} onClick={onClose}>
          <IconX size={14} stroke={1.6} />
        </IconButton>
      </div>
      <div className="sb-scroll">
        <div className="sb-sec">
          {entry.detail !== null && <p className="sb-2 sb-select st-detail">{entry.detail}</p>}
          <KeyValues items={facts} />
        </div>
        <div className="sb-sec">
          <h4 className="sb-h">{t('params')}</h4>
          <JsonView text={JSON.stringify(entry.params ?? null, null, 2)} label={t('params')} />
        </div>
      </div>
    </aside>
  );
}
