import type { StoreItem } from '../../../../common/contract/store.ts';
import { StateLabel } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatBytes, formatCount, formatTime } from '../../../state/format.ts';
import { useNodeNames } from '../../../state/node-names.ts';
import type { TableColumn } from '../activity/cluster-table.tsx';
import type { SortValue } from '../activity/model/table.ts';
import { changedByWords, copyShapes, summaryOf } from './copies.ts';

export type StoreColumn = 'key' | 'size' | 'version' | 'copies' | 'changed' | 'by';

/** What a column is sorted by. */
export function storeValue(column: StoreColumn, item: StoreItem): SortValue {
  switch (column) {
    case 'key':
      return item.key;
    case 'size':
      return item.sizeBytes;
    case 'version':
      return item.version;
    case 'copies':
      return item.replicas.length;
    case 'changed':
      return item.updatedAt;
    case 'by':
      return item.updatedBy;
  }
}

/** @param isOwn the values are those of this node, which knows where copies are */
export function useStoreColumns(isOwn: boolean): readonly TableColumn<StoreItem, StoreColumn>[] {
  const { t } = useTranslation('store');
  const nameOf = useNodeNames();
  return [
    {
      id: 'key',
      title: t('col_key'),
      width: 'minmax(160px, 3fr)',
      text: true,
      cell: ({ key }) => (
        <span className="sb-mono" title={key}>
          {key}
        </span>
      ),
    },
    ...(isOwn
      ? [
          {
            id: 'copies' as const,
            title: t('col_copies'),
            width: 'minmax(132px, 1fr)',
            cell: (item: StoreItem) => <Copies item={item} />,
          },
        ]
      : []),
    { id: 'size', title: t('col_size'), width: '80px', right: true, cell: ({ sizeBytes }) => formatBytes(sizeBytes) },
    { id: 'version', title: t('col_version'), width: '64px', right: true, cell: ({ version }) => formatCount(version) },
    {
      id: 'by',
      title: t('col_by'),
      width: 'minmax(80px, 1fr)',
      text: true,
      optional: true,
      cell: ({ updatedBy }) => changedByWords(updatedBy, nameOf),
    },
    { id: 'changed', title: t('col_changed'), width: '136px', right: true, cell: ({ updatedAt }) => formatTime(updatedAt) },
  ];
}

/** `2 of 2 current`, or what is wrong with the worst. */
function Copies({ item }: { readonly item: StoreItem }) {
  const { t } = useTranslation('store');
  const { copies, current, worst } = summaryOf(item);
  if (worst === undefined) return <span className="sb-3">{t('copiesNone')}</span>;
  return <StateLabel kind={copyShapes[worst]}>{t('copiesCurrent', { current, copies })}</StateLabel>;
}
