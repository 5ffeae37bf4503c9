import { useMemo } from 'react';
import { Select } from '../../../design/controls/index.ts';
import { IconServer, StateShape } from '../../../design/icons/index.ts';
import { NodeShape } from '../../../design/icons/node-shape.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { useCluster } from '../../../state/cluster.ts';
import { useNode } from '../../../state/node.ts';
import { useNodeNames } from '../../../state/node-names.ts';
import { commonCapability, type RequestTarget, targetKey } from '../model/target.ts';
import { type TargetChoice, targetChoices } from '../model/target-choices.ts';

/** Options drawn at once; more are found by typing. */
const mostShown = 120;

/** Where a request goes: a node by name, any with a capability, all, or everybody without an answer. Typing narrows the list. */
export function TargetPicker(props: { readonly target: RequestTarget; readonly onChange: (target: RequestTarget) => void }) {
  const { t } = useTranslation('rpc');
  const nodes = useCluster((state) => state.nodes);
  const labelOf = useTargetLabel();
  const choices = useMemo(() => targetChoices(nodes, props.target), [nodes, props.target]);
  const all = [...choices.common, ...choices.nodes, ...choices.any, ...choices.all];
  const optionsOf = (list: readonly TargetChoice[]) => list.map((choice) => ({ value: choice.key, label: labelOf(choice.target, choice) }));
  const chosen = all.find(({ key }) => key === targetKey(props.target));
  return (
    <Select
      aria-label={t('target')}
      className="sb-rpc-target"
      leftSection={chosen?.node === undefined ? <IconServer size={14} stroke={1.5} /> : <NodeShape node={chosen.node} />}
      value={targetKey(props.target)}
      data={[
        ...optionsOf(choices.common),
        ...(choices.nodes.length > 0 ? [{ group: t('targetNodes'), items: optionsOf(choices.nodes) }] : []),
        ...(choices.any.length > 0 ? [{ group: t('targetAny'), items: optionsOf(choices.any) }] : []),
        ...(choices.all.length > 0 ? [{ group: t('targetAll'), items: optionsOf(choices.all) }] : []),
      ]}
      onChange={(key) => {
        const choice = all.find((known) => known.key === key);
        if (choice !== undefined) props.onChange(choice.target);
      }}
      renderOption={({ option }) => <Option label={option.label} choice={all.find(({ key }) => key === option.value)} />}
      searchable
      selectFirstOptionOnChange
      limit={mostShown}
      withScrollArea={false}
      classNames={{ options: 'sb-rpc-target-options' }}
      nothingFoundMessage={t('targetNone')}
      comboboxProps={{ width: 300, position: 'bottom-start' }}
    />
  );
}

/** What a target is called: the words of the picker, of statuses and of questions. */
export function useTargetLabel(): (target: RequestTarget, choice?: Pick<TargetChoice, 'count'>) => string {
  const { t } = useTranslation('rpc');
  const nodes = useCluster((state) => state.nodes);
  const nameOf = useNodeNames();
  const own = useNode(({ status }) => status?.name);
  return (target, choice) => {
    switch (target.kind) {
      case 'self':
        return own === undefined ? t('target_node') : t('target_named', { name: own });
      case 'node':
        return nodes.some((node) => node.nodeId === target.nodeId) ? nameOf(target.nodeId) : (target.name ?? target.nodeId);
      case 'any':
        return target.capability === commonCapability ? t('target_any') : t('target_anyWith', { capability: target.capability });
      case 'all': {
        const { capability } = target;
        const count = choice?.count ?? nodes.filter((node) => capability === undefined || node.capabilities.includes(capability)).length;
        return capability === undefined ? t('target_all', { count }) : t('target_allWith', { capability, count });
      }
      case 'broadcast':
        return t('target_broadcast');
    }
  };
}

/** The same for titles and statuses: the own node by its name alone. */
export function useTargetName(): (target: RequestTarget) => string {
  const labelOf = useTargetLabel();
  const own = useNode(({ status }) => status?.name);
  return (target) => (target.kind === 'self' && own !== undefined ? own : labelOf(target));
}

function Option({ label, choice }: { readonly label: string; readonly choice: TargetChoice | undefined }) {
  const { t } = useTranslation('rpc');
  const node = choice?.node;
  const lost = choice?.target.kind === 'node' && node === undefined;
  return (
    <span className="sb-flex sb-rpc-target-option">
      {node !== undefined ? <NodeShape node={node} /> : lost ? <StateShape kind="unknown" /> : <i className="sb-rpc-target-noshape" />}
      <span className="sb-clip sb-grow">{label}</span>
      {node !== undefined && node.status !== 'online' && <span className="sb-3">{t(`status_${node.status}`)}</span>}
      {lost && <span className="sb-3">{t('targetUnknown')}</span>}
      {choice?.target.kind === 'broadcast' && <span className="sb-3">{t('targetNoAnswer')}</span>}
    </span>
  );
}
