// Table and inspector are those of the other tabs.
import '../activity/activity.css';
import '../activity/texts.ts';
import './texts.ts';
import './store.css';
import { useEffect, useMemo, useState } from 'react';
import type { ResultOf } from '../../../../common/contract/index.ts';
import type { StoreItem } from '../../../../common/contract/store.ts';
import { provideActions } from '../../../app/actions/registry.ts';
import { Button, Select, TextInput, Tooltip, useDebouncedValue } from '../../../design/controls/index.ts';
import { Empty, Loading } from '../../../design/feedback/states.tsx';
import { IconPlus, IconSearch, IconStack2 } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatBytes, formatCount } from '../../../state/format.ts';
import { dataOf, useCall } from '../../../state/use-call.ts';
import { CallFailure } from '../../shared/call-failure.tsx';
import { actOf, mayNow, usePersonsRights } from '../../shared/rights.ts';
import { StaleStrip } from '../../shared/stale-strip.tsx';
import { ClusterTable } from '../activity/cluster-table.tsx';
import { tabId } from '../activity/model/focus.ts';
import { type Sort, sortRows } from '../activity/model/table.ts';
import { useStale } from '../use-known-nodes.ts';
import { DeleteDialog } from './delete-dialog.tsx';
import { PutDialog } from './put-dialog.tsx';
import { type StoreColumn, storeValue, useStoreColumns } from './store-columns.tsx';
import { StoreInspector } from './store-inspector.tsx';

const everyMs = 3_000;
const mostKeys = 500;
/** So long nothing is typed before the node is asked. */
const settleMs = 200;
const filterId = 'store-filter';
/** In place of the id of an owner: the values of this node itself. */
const own = 'own';

type StoreDialog = { readonly kind: 'put'; readonly item: StoreItem | undefined } | { readonly kind: 'delete'; readonly item: StoreItem };

/** The key-value store of this node: its values with where copies are kept, and the copies that it keeps for others. */
export function StoreTab() {
  const { t } = useTranslation('store');
  const { t: common } = useTranslation('common');
  const rights = usePersonsRights();
  const [owner, setOwner] = useState(own);
  const [prefix, setPrefix] = useState('');
  const [asked] = useDebouncedValue(prefix, settleMs);
  const [dialog, setDialog] = useState<StoreDialog>();
  const isOwn = owner === own;
  const call = useCall('store.list', { prefix: asked, limit: mostKeys, ...(!isOwn && { owner }) }, { pollMs: everyMs });
  const usage = dataOf(useCall('store.usage', {}, { pollMs: everyMs }).state);
  const add = actOf(rights, 'store.put', t('act_put'), 1, 'operator', () => setDialog({ kind: 'put', item: undefined }));
  // biome-ignore lint/correctness/useExhaustiveDependencies: what can be done hangs on the rights alone
  useEffect(
    () =>
      provideActions('store', [
        { ...add, shortcut: 'mod+n' },
        {
          id: 'store.filter',
          group: 'act',
          title: t('focusFilter'),
          shortcut: '/',
          danger: 0,
          run: () => document.getElementById(filterId)?.focus(),
        },
      ]),
    [t, rights],
  );
  const close = () => setDialog(undefined);
  return (
    <div id={tabId} className="sb-col sb-grow">
      <div className="sb-subbar st-bar">
        <OwnerSelect owner={owner} onOwner={setOwner} usage={usage} />
        {usage !== undefined && <span className="sb-2 sb-clip sb-num">{usageWords(t, usage)}</span>}
        <span className="sb-grow" />
        <TextInput
          id={filterId}
          className="nd-filter"
          aria-label={t('filter')}
          placeholder={t('filter')}
          leftSection={<IconSearch size={14} stroke={1.6} />}
          value={prefix}
          maxLength={256}
          onChange={(event) => setPrefix(event.currentTarget.value)}
        />
        <Tooltip label={common('needsRole', { role: common('role_operator') })} disabled={add.enabled !== false}>
          <Button variant="default" leftSection={<IconPlus size={14} stroke={1.6} />} disabled={add.enabled === false} onClick={add.run}>
            {add.title}
          </Button>
        </Tooltip>
      </div>
      <Content
        call={call}
        isOwn={isOwn}
        prefix={asked}
        mayChange={isOwn && mayNow(rights, 'operator')}
        onClear={() => setPrefix('')}
        onDialog={setDialog}
      />
      {dialog?.kind === 'put' && <PutDialog item={dialog.item} refresh={call.refresh} onClose={close} />}
      {dialog?.kind === 'delete' && <DeleteDialog item={dialog.item} refresh={call.refresh} onClose={close} />}
    </div>
  );
}

type Usage = ResultOf<'store.usage'>;

/** `3 values, 1.2 KB · 4 copies for others · at most 64.0 MB` */
function usageWords(t: ReturnType<typeof useTranslation<'store'>>['t'], { own: mine, copies, quota, refused }: Usage): string {
  const kept = copies.reduce((sum, { items }) => sum + items, 0);
  return [
    t('usageOwn', { count: mine.items, amount: formatCount(mine.items), size: formatBytes(mine.sizeBytes) }),
    t('usageCopies', { count: kept, amount: formatCount(kept) }),
    t('usageQuota', { size: formatBytes(quota.sizeBytes) }),
    ...(refused > 0 ? [t('usageRefused', { amount: formatCount(refused) })] : []),
  ].join(' · ');
}

function OwnerSelect(props: { readonly owner: string; readonly onOwner: (owner: string) => void; readonly usage: Usage | undefined }) {
  const { t } = useTranslation('store');
  return (
    <Select
      aria-label={t('ownerChoice')}
      className="st-owner"
      value={props.owner}
      onChange={(next) => props.onOwner(next ?? own)}
      allowDeselect={false}
      data={[
        { value: own, label: t('ownValues') },
        ...(props.usage?.copies ?? []).map(({ ownerId, name }) => ({ value: ownerId, label: t('copiesOf', { name }) })),
      ]}
    />
  );
}

interface ContentProps {
  readonly call: ReturnType<typeof useCall<'store.list'>>;
  readonly isOwn: boolean;
  readonly prefix: string;
  readonly mayChange: boolean;
  readonly onClear: () => void;
  readonly onDialog: (dialog: StoreDialog) => void;
}

function Content({ call, isOwn, prefix, mayChange, onClear, onDialog }: ContentProps) {
  const { t } = useTranslation('store');
  const { t: common } = useTranslation('common');
  const stale = useStale();
  const [sort, setSort] = useState<Sort<StoreColumn>>({ column: 'key', descending: false });
  const [selectedKey, setSelectedKey] = useState<string>();
  const columns = useStoreColumns(isOwn);
  const { state, retry, cancel } = call;
  const items = dataOf(state)?.items;
  const rows = useMemo(
    () => (items === undefined ? [] : sortRows(items, (item) => storeValue(sort.column, item), sort.descending)),
    [items, sort],
  );
  if (state.kind === 'loading') {
    return (
      <Loading
        asking={(seconds) => common('asking', { node: common('thisNode'), seconds })}
        cancelLabel={common('cancel')}
        onCancel={cancel}
      />
    );
  }
  if (state.kind === 'error') return <CallFailure title={t('listFailed')} error={state.error} call="store.list" onRetry={retry} />;
  const selected = rows.find(({ key }) => key === selectedKey);
  return (
    <>
      <StaleStrip state={state} onRetry={retry} />
      {rows.length === 0 ? (
        <Nothing
          prefix={prefix}
          isOwn={isOwn}
          mayChange={mayChange}
          onClear={onClear}
          onPut={() => onDialog({ kind: 'put', item: undefined })}
        />
      ) : (
        <div className="sb-split">
          <div className="sb-col sb-grow" {...(stale && { 'data-stale': true })}>
            <ClusterTable
              label={t('title')}
              columns={columns}
              rows={rows}
              keyOf={({ key }) => key}
              sort={sort}
              onSort={setSort}
              selected={selectedKey}
              onOpen={({ key }) => setSelectedKey(key)}
            />
            {state.data.more && <div className="st-more">{t('more', { count: mostKeys })}</div>}
          </div>
          {selected !== undefined && (
            <StoreInspector
              key={`${selected.ownerId} ${selected.key}`}
              item={selected}
              isOwn={isOwn}
              mayChange={mayChange}
              onChange={() => onDialog({ kind: 'put', item: selected })}
              onDelete={() => onDialog({ kind: 'delete', item: selected })}
              onClose={() => setSelectedKey(undefined)}
            />
          )}
        </div>
      )}
    </>
  );
}

function Nothing(props: {
  readonly prefix: string;
  readonly isOwn: boolean;
  readonly mayChange: boolean;
  readonly onClear: () => void;
  readonly onPut: () => void;
}) {
  const { t } = useTranslation('store');
  const { t: common } = useTranslation('common');
  if (props.prefix !== '') {
    return (
      <div className="sb-empty" role="status">
        <h2>{t('noneMatches', { text: props.prefix })}</h2>
        <Button variant="default" onClick={props.onClear}>
          {common('clearFilter')}
        </Button>
      </div>
    );
  }
  return (
    <Empty
      icon={<IconStack2 size={24} stroke={1.5} />}
      title={t(props.isOwn ? 'emptyTitle' : 'emptyCopies')}
      {...(props.isOwn && {
        act: (
          <Button disabled={!props.mayChange} onClick={props.onPut}>
            {t('act_put')}
          </Button>
        ),
        terminal: { label: t('terminal'), command: 'signalbox store put site/contact "Ines, +41 44 000 00 00"' },
      })}
    >
      {t('emptyText')}
    </Empty>
  );
}
