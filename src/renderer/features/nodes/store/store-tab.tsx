// Table and inspector are those of the other tabs.
import '../activity/activity.css';
import '../activity/texts.ts';
import './texts.ts';
import './store.css';
import { useEffect, useMemo, useState } from 'react';
import type { StoreItem } from '../../../../common/contract/store.ts';
import { type Action, provideActions } from '../../../app/actions/registry.ts';
import { Button, useDebouncedValue } from '../../../design/controls/index.ts';
import { Empty, Loading } from '../../../design/feedback/states.tsx';
import { IconStack2 } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { dataOf, useCall } from '../../../state/use-call.ts';
import { CallFailure } from '../../shared/call-failure.tsx';
import { actOf, mayNow, type Rights, usePersonsRights } from '../../shared/rights.ts';
import { StaleStrip } from '../../shared/stale-strip.tsx';
import { ClusterTable } from '../activity/cluster-table.tsx';
import { tabId } from '../activity/model/focus.ts';
import { type Sort, sortRows } from '../activity/model/table.ts';
import { useStale } from '../use-known-nodes.ts';
import { DeleteDialog } from './delete-dialog.tsx';
import { ForgetDialog } from './forget-dialog.tsx';
import { PutDialog } from './put-dialog.tsx';
import { filterId, own, StoreBar, type StoreUsage } from './store-bar.tsx';
import { type StoreColumn, storeValue, useStoreColumns } from './store-columns.tsx';
import { StoreInspector } from './store-inspector.tsx';
import { StorePlaceContext, useAskedStore, useStorePlace } from './store-place.ts';

const everyMs = 3_000;
const mostKeys = 500;
/** So long nothing is typed before the node is asked. */
const settleMs = 200;

type StoreDialog =
  | { readonly kind: 'put'; readonly item: StoreItem | undefined }
  | { readonly kind: 'delete'; readonly item: StoreItem }
  | { readonly kind: 'forget'; readonly copies: StoreUsage['copies'][number] };

/** The key-value store of a node: its values with where copies are kept, and the copies that it keeps for others. */
export function StoreTab() {
  const [place, askNode] = useAskedStore();
  return (
    <StorePlaceContext value={place}>
      <Store key={place.nodeId} onNode={askNode} />
    </StorePlaceContext>
  );
}

function Store({ onNode }: { readonly onNode: (nodeId: string) => void }) {
  const { t } = useTranslation('store');
  const rights = usePersonsRights();
  const { nodeId } = useStorePlace();
  const [owner, setOwner] = useState(own);
  const [prefix, setPrefix] = useState('');
  const [asked] = useDebouncedValue(prefix, settleMs);
  const [dialog, setDialog] = useState<StoreDialog>();
  const isOwn = owner === own;
  const call = useCall('store.list', { prefix: asked, limit: mostKeys, ...(!isOwn && { owner }) }, { pollMs: everyMs, nodeId });
  const usageCall = useCall('store.usage', {}, { pollMs: everyMs, nodeId });
  const usage = dataOf(usageCall.state);
  const copies = usage?.copies.find(({ ownerId }) => ownerId === owner);
  const put = actOf(rights, 'store.put', t('act_put'), 1, 'operator', () => setDialog({ kind: 'put', item: undefined }));
  const forget = forgetAct(t, rights, copies, () => copies !== undefined && setDialog({ kind: 'forget', copies }));
  // biome-ignore lint/correctness/useExhaustiveDependencies: what can be done hangs on the rights and whose copies are shown
  useEffect(
    () =>
      provideActions('store', [
        { ...put, shortcut: 'mod+n' },
        forget,
        {
          id: 'store.filter',
          group: 'act',
          title: t('focusFilter'),
          shortcut: '/',
          danger: 0,
          run: () => document.getElementById(filterId)?.focus(),
        },
      ]),
    [t, rights, copies?.ownerId],
  );
  const close = () => setDialog(undefined);
  return (
    <div id={tabId} className="sb-col sb-grow">
      <StoreBar
        onNode={onNode}
        owner={owner}
        onOwner={setOwner}
        usage={usage}
        prefix={prefix}
        onPrefix={setPrefix}
        put={put}
        forget={forget}
      />
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
      {dialog?.kind === 'forget' && (
        <ForgetDialog
          copies={dialog.copies}
          onForgotten={() => {
            setOwner(own);
            usageCall.refresh();
          }}
          onClose={close}
        />
      )}
    </div>
  );
}

type Translate = ReturnType<typeof useTranslation<'store'>>['t'];

/** Dropping the copies that are kept for a node. @param copies those that are shown; undefined: none */
function forgetAct(t: Translate, rights: Rights, copies: StoreUsage['copies'][number] | undefined, run: () => void): Action {
  const action = actOf(rights, 'store.forget', t('act_forget'), 3, 'operator', run, copies?.name);
  return copies === undefined ? { ...action, enabled: false, reason: t('noCopiesShown') } : action;
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
  const { name: node } = useStorePlace();
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
    return <Loading asking={(seconds) => common('asking', { node, seconds })} cancelLabel={common('cancel')} onCancel={cancel} />;
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
  const { nodeId, name } = useStorePlace();
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
      title={props.isOwn ? (nodeId === undefined ? t('emptyTitle') : t('emptyThere', { name })) : t('emptyCopies')}
      {...(props.isOwn && {
        act: (
          <Button disabled={!props.mayChange} onClick={props.onPut}>
            {t('act_put')}
          </Button>
        ),
        ...(nodeId === undefined && {
          terminal: { label: t('terminal'), command: 'signalbox store put site/contact "Ines, +41 44 000 00 00"' },
        }),
      })}
    >
      {t('emptyText')}
    </Empty>
  );
}
