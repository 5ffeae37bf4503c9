import { type ComponentType, useId } from 'react';
import type { NodeInfo } from '../../../../common/contract/nodes.ts';
import { MenuEntries } from '../../../design/controls/context-menu.tsx';
import { IconButton } from '../../../design/controls/icon-button.tsx';
import { Button, useDebouncedValue } from '../../../design/controls/index.ts';
import { MenuButton } from '../../../design/controls/menu-button.tsx';
import { IconDots, IconX, StateShape } from '../../../design/icons/index.ts';
import { TabBar } from '../../../design/layout/bars.tsx';
import { onDemand } from '../../../design/on-demand.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { menuEntries } from '../../shared/menu-entries.ts';
import { focusTable } from '../../shared/table/table-order.ts';
import { stateOf } from '../model/node-state.ts';
import { nodeActions } from '../node-actions.ts';
import { stateWords } from '../node-words.ts';
import { type InspectorTab, inspectorTabs, showNode } from '../nodes-route.ts';
import { tableId } from '../table/table-store.ts';
import { useStale } from '../use-known-nodes.ts';
import { ConnectionsTab } from './connections-tab.tsx';
import { LogsTab } from './logs-tab.tsx';
import { OverviewTab } from './overview-tab.tsx';
import { QueuesTab } from './queues-tab.tsx';
import { ServicesTab } from './services-tab.tsx';
import { TunnelsTab } from './tunnels-tab.tsx';
import type { InspectedProps } from './use-ask.ts';

// With its history and acts; loaded when it is asked for.
const PeerTab = onDemand(() => import('../peers/inspector/peer-tab.tsx').then((module) => module.PeerTab));

const contents: Record<InspectorTab, ComponentType<InspectedProps>> = {
  overview: OverviewTab,
  services: ServicesTab,
  connections: ConnectionsTab,
  peer: PeerTab,
  queues: QueuesTab,
  tunnels: TunnelsTab,
  logs: LogsTab,
};

/** Keys that go through the table ask only the node at which they stop. */
const settleMs = 120;

/** One node in detail. Each tab asks that node itself, and fails by itself. */
export function NodeInspector({ node, show }: { readonly node: NodeInfo; readonly show: InspectorTab }) {
  const { t } = useTranslation('nodes');
  const panelId = useId();
  const stale = useStale();
  const [settledId] = useDebouncedValue(node.nodeId, settleMs);
  const Content = contents[show];
  return (
    <aside className="sb-col sb-grow" aria-label={t('inspector')} data-region="inspector">
      <Head node={node} stale={stale} />
      <TabBar
        label={t('inspectorTabs')}
        items={inspectorTabs.map((id) => ({ id, label: t(`show_${id}`) }))}
        current={show}
        onChange={(next) => showNode(node.nodeId, next)}
        panelId={panelId}
      />
      <div
        id={panelId}
        role="tabpanel"
        aria-label={t(`show_${show}`)}
        className="sb-col sb-grow nd-panel"
        {...(stale && { 'data-stale': true })}
      >
        {settledId === node.nodeId && <Content key={node.nodeId} node={node} reachable={node.status === 'online' && !stale} />}
      </div>
      <Foot node={node} />
    </aside>
  );
}

function Head({ node, stale }: { readonly node: NodeInfo; readonly stale: boolean }) {
  const { t } = useTranslation('nodes');
  const { t: common } = useTranslation('common');
  return (
    <header className="sb-insp-head">
      <StateShape kind={stateOf(node, stale).kind} />
      <h2 className="nd-title sb-clip sb-select" title={node.name}>
        {node.name}
      </h2>
      <span className="sb-3 sb-clip sb-grow">{node.self ? common('thisNode') : stateWords(t, node, stale)}</span>
      <IconButton
        label={common('close')}
        shortcut="Esc"
        onClick={() => {
          showNode(node.nodeId, undefined);
          focusTable(tableId);
        }}
      >
        <IconX size={16} stroke={1.5} />
      </IconButton>
    </header>
  );
}

/** Acts that have a button of their own; the others are in the menu beside them. */
const asButtons = 2;

function Foot({ node }: { readonly node: NodeInfo }) {
  const { t } = useTranslation('nodes');
  const { t: common } = useTranslation('common');
  const actions = nodeActions(t, node);
  return (
    <footer className="sb-insp-foot">
      {actions.slice(0, asButtons).map((action) => (
        <Button key={action.id} variant="default" disabled={action.enabled === false} onClick={action.run}>
          {action.title}
        </Button>
      ))}
      <span className="sb-grow" />
      <MenuButton label={common('more')} icon={<IconDots size={16} stroke={1.6} />}>
        <MenuEntries entries={menuEntries(actions.slice(asButtons))} />
      </MenuButton>
    </footer>
  );
}
