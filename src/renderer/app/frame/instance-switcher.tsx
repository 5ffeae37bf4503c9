import { useState } from 'react';
import type { NodeInfo } from '../../../common/contract/nodes.ts';
import { Menu, TextInput, UnstyledButton } from '../../design/controls/index.ts';
import { IconCheck, IconSearch, IconSelector } from '../../design/icons/index.ts';
import { NodeShape } from '../../design/icons/node-shape.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { useCluster } from '../../state/cluster.ts';
import { useNode } from '../../state/node.ts';
import { useNodeNames } from '../../state/node-names.ts';
import { chooseScope, type Scope, useScope } from '../../state/scope.ts';

/** From so many nodes on the list can be narrowed by typing. */
const filterFrom = 10;

/** Which instance the console looks at, and how to look at another one or at all. Without other nodes only the name. */
export function InstanceSwitcher() {
  const { t } = useTranslation('frame');
  const own = useNode(({ status }) => status?.name) ?? t('product');
  const nodes = useCluster((state) => state.nodes);
  const scope = useScope((state) => state.scope);
  const nameOf = useNodeNames();
  const [query, setQuery] = useState('');
  const name = scope.kind === 'self' ? own : scope.kind === 'all' ? t('allNodes') : nameOf(scope.nodeId);
  if (nodes.length < 2) {
    return (
      <span className="sb-h sb-clip sb-title-name" title={own}>
        {own}
      </span>
    );
  }
  const found = nodes.filter((node) => node.name.toLowerCase().includes(query.trim().toLowerCase()));
  return (
    <Menu position="bottom-start" onOpen={() => setQuery('')}>
      <Menu.Target>
        <UnstyledButton className="sb-instance" aria-label={t('instance', { name })} title={name}>
          <span className="sb-h sb-clip sb-title-name">{name}</span>
          <IconSelector size={14} stroke={1.6} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown className="sb-instance-menu">
        <Menu.Item rightSection={<Chosen when={scope.kind === 'all'} />} onClick={() => chooseScope({ kind: 'all' })}>
          {t('allNodes')}
        </Menu.Item>
        <Menu.Divider />
        {nodes.length >= filterFrom && (
          <TextInput
            className="sb-instance-filter"
            aria-label={t('findNode')}
            placeholder={t('findNode')}
            leftSection={<IconSearch size={14} stroke={1.6} />}
            value={query}
            onChange={(event) => setQuery(event.currentTarget.value)}
          />
        )}
        <div className="sb-instance-list">
          {found.length === 0 && <p className="sb-3 sb-instance-none">{t('noNodeMatches', { query })}</p>}
          {found.map((node) => (
            <Menu.Item
              key={node.nodeId}
              leftSection={<NodeShape node={node} />}
              rightSection={<Chosen when={isChosen(scope, node)} />}
              onClick={() => chooseScope({ kind: 'node', nodeId: node.nodeId })}
            >
              {nameOf(node.nodeId)}{' '}
              <span className="sb-3">{node.self ? t('thisNode') : node.status !== 'online' && t(`status_${node.status}`)}</span>
            </Menu.Item>
          ))}
        </div>
      </Menu.Dropdown>
    </Menu>
  );
}

function isChosen(scope: Scope, node: NodeInfo): boolean {
  return scope.kind === 'self' ? node.self : scope.kind === 'node' && scope.nodeId === node.nodeId;
}

function Chosen({ when }: { readonly when: boolean }) {
  const { t } = useTranslation('frame');
  return when ? <IconCheck size={14} stroke={1.6} aria-label={t('shown')} /> : null;
}
