import type { ResultOf } from '../../../../common/contract/index.ts';
import type { Action } from '../../../app/actions/registry.ts';
import { Button, Select, TextInput, Tooltip } from '../../../design/controls/index.ts';
import { IconPlus, IconSearch } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { useCluster } from '../../../state/cluster.ts';
import { formatBytes, formatCount } from '../../../state/format.ts';
import { useStorePlace } from './store-place.ts';

export type StoreUsage = ResultOf<'store.usage'>;

/** Id of the field that narrows the keys. */
export const filterId = 'store-filter';
/** In place of the id of an owner: the values of the node itself. */
export const own = 'own';

interface StoreBarProps {
  readonly onNode: (nodeId: string) => void;
  readonly owner: string;
  readonly onOwner: (owner: string) => void;
  readonly usage: StoreUsage | undefined;
  readonly prefix: string;
  readonly onPrefix: (prefix: string) => void;
  readonly put: Action;
  readonly forget: Action;
}

/** Whose values are shown, how much the store holds, and what can be done with all of them. */
export function StoreBar({ onNode, owner, onOwner, usage, prefix, onPrefix, put, forget }: StoreBarProps) {
  const { t } = useTranslation('store');
  const words = usage === undefined ? undefined : usageWords(t, usage);
  return (
    <div className="sb-subbar st-bar">
      <NodeSelect onNode={onNode} />
      <OwnerSelect owner={owner} onOwner={onOwner} usage={usage} />
      <span className="sb-2 sb-clip sb-num" title={words}>
        {words}
      </span>
      <span className="sb-grow" />
      <TextInput
        id={filterId}
        className="sb-filter"
        aria-label={t('filter')}
        placeholder={t('filter')}
        leftSection={<IconSearch size={14} stroke={1.6} />}
        value={prefix}
        maxLength={256}
        onChange={(event) => onPrefix(event.currentTarget.value)}
      />
      {owner === own ? <ActButton action={put} isNew /> : <ActButton action={forget} />}
    </div>
  );
}

function ActButton({ action, isNew = false }: { readonly action: Action; readonly isNew?: boolean }) {
  const { t: common } = useTranslation('common');
  const enabled = action.enabled !== false;
  return (
    <Tooltip label={action.reason ?? common('needsRole', { role: common('role_operator') })} disabled={enabled}>
      <Button
        className="st-act"
        {...(isNew ? { variant: 'default', leftSection: <IconPlus size={14} stroke={1.6} /> } : { variant: 'subtle', color: 'crit' })}
        disabled={!enabled}
        onClick={action.run}
      >
        {action.title}
      </Button>
    </Tooltip>
  );
}

/** `3 values, 1.2 KB · 4 copies for others · at most 64.0 MB` */
function usageWords(t: ReturnType<typeof useTranslation<'store'>>['t'], { own: mine, copies, quota, refused }: StoreUsage): string {
  const kept = copies.reduce((sum, { items }) => sum + items, 0);
  return [
    t('usageOwn', { count: mine.items, amount: formatCount(mine.items), size: formatBytes(mine.sizeBytes) }),
    t('usageCopies', { count: kept, amount: formatCount(kept) }),
    t('usageQuota', { size: formatBytes(quota.sizeBytes) }),
    ...(refused > 0 ? [t('usageRefused', { amount: formatCount(refused) })] : []),
  ].join(' · ');
}

/** Not shown while the console's node knows no other. */
function NodeSelect({ onNode }: { readonly onNode: (nodeId: string) => void }) {
  const { t } = useTranslation('store');
  const { t: cluster } = useTranslation('cluster');
  const { nodeId } = useStorePlace();
  const nodes = useCluster((state) => state.nodes);
  if (nodes.length < 2) return null;
  return (
    <Select
      aria-label={t('nodeChoice')}
      className="st-node"
      value={nodeId ?? nodes.find(({ self }) => self)?.nodeId ?? null}
      onChange={(next) => next !== null && onNode(next)}
      allowDeselect={false}
      searchable={nodes.length > 10}
      data={nodes.map(({ nodeId: value, name, status }) => ({
        value,
        label: status === 'online' ? name : cluster('nodeAway', { name, status: cluster(`status_${status}`) }),
      }))}
    />
  );
}

function OwnerSelect(props: { readonly owner: string; readonly onOwner: (owner: string) => void; readonly usage: StoreUsage | undefined }) {
  const { t } = useTranslation('store');
  const { nodeId } = useStorePlace();
  return (
    <Select
      aria-label={t('ownerChoice')}
      className="st-owner"
      value={props.owner}
      onChange={(next) => props.onOwner(next ?? own)}
      allowDeselect={false}
      data={[
        { value: own, label: t(nodeId === undefined ? 'ownValues' : 'ownValuesThere') },
        ...(props.usage?.copies ?? []).map(({ ownerId, name }) => ({ value: ownerId, label: t('copiesOf', { name }) })),
      ]}
    />
  );
}
