import { shortNodeId } from '../../../../../common/ids.ts';
import { type GridColumn, GridTable } from '../../../../design/data/grid-table.tsx';
import { Empty } from '../../../../design/feedback/states.tsx';
import { IconUsers } from '../../../../design/icons/index.ts';
import { ScrollArea } from '../../../../design/layout/scroll-area.tsx';
import { useTranslation } from '../../../../i18n/index.ts';
import { formatTime } from '../../../../state/format.ts';
import type { Members } from '../trust-data.ts';

/** Who was removed, by whom and when, the latest first. */
export function RemovedTab({ removed }: { readonly removed: Members['removed'] }) {
  const { t } = useTranslation('membership');
  if (removed.length === 0)
    return (
      <Empty icon={<IconUsers size={24} stroke={1.5} />} title={t('noneRemoved')}>
        {t('noneRemovedHelp')}
      </Empty>
    );
  const columns: readonly GridColumn[] = [
    { id: 'name', title: t('col_name'), width: 'minmax(140px, 1fr)' },
    { id: 'id', title: t('fact_shortId'), width: '120px' },
    { id: 'by', title: t('col_removedBy'), width: 'minmax(140px, 1fr)' },
    { id: 'at', title: t('col_removedAt'), width: '152px' },
  ];
  return (
    <ScrollArea label={t('tab_removed')}>
      <GridTable
        label={t('tab_removed')}
        columns={columns}
        rows={removed.map(({ nodeId, name, by, at }) => ({
          id: nodeId,
          cells: [
            <b key="name" className="tr-name" title={name}>
              {name === nodeId ? shortNodeId(nodeId) : name}
            </b>,
            <span key="id" className="sb-mono sb-2" title={nodeId}>
              {shortNodeId(nodeId)}
            </span>,
            <span key="by">{by.name ?? shortNodeId(by.nodeId)}</span>,
            <span key="at" className="sb-3">
              {formatTime(at)}
            </span>,
          ],
        }))}
      />
      <p className="sb-3 tr-foot-note">{t('removedHelp')}</p>
    </ScrollArea>
  );
}
