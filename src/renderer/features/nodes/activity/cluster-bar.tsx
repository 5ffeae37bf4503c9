import { type ReactNode, type Ref, useEffect, useRef } from 'react';
import { provideActions } from '../../../app/actions/registry.ts';
import { Kbd, Select, TextInput } from '../../../design/controls/index.ts';
import { IconSearch, IconX } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { useCluster } from '../../../state/cluster.ts';

const all = 'all';

/** The bar of a tab: which nodes are asked, what of the answer is shown, and the filter. */
export function ClusterBar(props: {
  /** Undefined: all nodes. */
  readonly nodeId: string | undefined;
  readonly onNode: (nodeId: string | undefined) => void;
  readonly filter: string;
  readonly onFilter: (filter: string) => void;
  readonly filterLabel: string;
  readonly children: ReactNode;
}) {
  const { t } = useTranslation('cluster');
  const field = useRef<HTMLInputElement>(null);
  useEffect(
    () =>
      provideActions('cluster', [
        { id: 'cluster.filter', group: 'act', title: t('focusFilter'), shortcut: '/', danger: 0, run: () => field.current?.focus() },
      ]),
    [t],
  );
  return (
    <div className="sb-subbar ac-bar">
      <NodeSelect nodeId={props.nodeId} onNode={props.onNode} />
      {props.children}
      <span className="sb-grow" />
      <FilterField field={field} label={props.filterLabel} value={props.filter} onChange={props.onFilter} />
    </div>
  );
}

function NodeSelect({ nodeId, onNode }: { readonly nodeId: string | undefined; readonly onNode: (nodeId: string | undefined) => void }) {
  const { t } = useTranslation('cluster');
  const nodes = useCluster((state) => state.nodes);
  return (
    <Select
      aria-label={t('nodeChoice')}
      className="ac-node"
      value={nodeId ?? all}
      onChange={(next) => onNode(next === null || next === all ? undefined : next)}
      allowDeselect={false}
      searchable={nodes.length > 10}
      data={[
        { value: all, label: t('allNodes') },
        ...nodes.map(({ nodeId: value, name, status }) => ({
          value,
          label: status === 'online' ? name : t('nodeAway', { name, status: t(`status_${status}`) }),
        })),
      ]}
    />
  );
}

function FilterField(props: {
  readonly field: Ref<HTMLInputElement>;
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  const { t } = useTranslation('common');
  return (
    <TextInput
      ref={props.field}
      className="ac-filter"
      aria-label={props.label}
      placeholder={props.label}
      value={props.value}
      onChange={(event) => props.onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        if (props.value === '') event.currentTarget.blur();
        else props.onChange('');
      }}
      leftSection={<IconSearch size={14} stroke={1.6} />}
      rightSection={
        props.value === '' ? (
          <Kbd>/</Kbd>
        ) : (
          <button type="button" className="sb-plain" aria-label={t('clearFilter')} onClick={() => props.onChange('')}>
            <IconX size={14} stroke={1.6} />
          </button>
        )
      }
      autoComplete="off"
      spellCheck={false}
    />
  );
}
