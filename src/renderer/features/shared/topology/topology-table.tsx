import type { ReactNode } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { GridTable } from '../../../design/data/grid-table.tsx';
import { StateLabel } from '../../../design/icons/index.ts';
import { ScrollArea } from '../../../design/layout/scroll-area.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { useCluster } from '../../../state/cluster.ts';
import { useNodeNames } from '../../../state/node-names.ts';
import { hostOf, useBroker } from './broker.ts';
import { useClusterLinks } from './cluster-links.ts';
import { conditionShapes } from './model/node-view.ts';
import { neighboursOf } from './model/peer-links.ts';
import { openNode } from './open-node.ts';
import { type NodeView, useLastStatus, useNodeView, useRate } from './use-node-view.ts';

/** The same facts as the graph's, for whoever reads rather than looks. */
export function TopologyTable() {
  const { t } = useTranslation('topology');
  const ids = useCluster(useShallow(({ nodes }) => nodes.map(({ nodeId }) => nodeId)));
  return (
    <ScrollArea label={t('tableLabel')} className="tp-table">
      <GridTable
        label={t('tableLabel')}
        columns={[
          { id: 'node', title: t('node'), width: 'minmax(96px, 1fr)' },
          { id: 'state', title: t('state'), width: 'minmax(120px, 2fr)' },
          { id: 'link', title: t('linkedTo'), width: 'minmax(96px, 1fr)', optional: true },
          { id: 'rate', title: t('rate'), width: '72px', right: true },
          { id: 'roundTrip', title: t('roundTrip'), width: '84px', right: true },
          { id: 'seen', title: t('lastStatus'), width: '132px', right: true, optional: true },
        ]}
        rows={ids.map((nodeId) => ({
          id: nodeId,
          cells: cellParts.map((Part) => <LiveCell key={Part.name} nodeId={nodeId} Part={Part} />),
        }))}
      />
    </ScrollArea>
  );
}

/** One cell that follows its node by itself: what is new of one node draws no other row. */
function LiveCell({ nodeId, Part }: { readonly nodeId: string; readonly Part: (props: { readonly view: NodeView }) => React.ReactNode }) {
  const view = useNodeView(nodeId);
  return view === undefined ? null : <Part view={view} />;
}

function NameCell({ view: { nodeId, name, isSelf } }: { readonly view: NodeView }) {
  const { t } = useTranslation('topology');
  return (
    <span className="sb-flex">
      <button type="button" className="sb-link sb-clip" onClick={() => openNode(nodeId)}>
        {name}
      </button>
      {isSelf && <span className="sb-3">{t('thisNode')}</span>}
    </span>
  );
}

function StateCell({ view: { condition, reason, problems } }: { readonly view: NodeView }) {
  const { t } = useTranslation('topology');
  const words = reason === undefined ? t(`state_${condition}`) : reason.charAt(0).toUpperCase() + reason.slice(1);
  return (
    <span className="sb-flex">
      <StateLabel kind={conditionShapes[condition]}>{words}</StateLabel>
      <span className="sb-3 sb-clip" title={problems.join('\n')}>
        {problems.join(' · ')}
      </span>
    </span>
  );
}

function LinkCell({ view }: { readonly view: NodeView }) {
  return (
    <span className="sb-flex">
      <OwnWay view={view} />
      <Neighbours nodeId={view.nodeId} />
    </span>
  );
}

/** The other nodes that it is linked with, as the graph draws them. */
function Neighbours({ nodeId }: { readonly nodeId: string }) {
  const { t } = useTranslation('topology');
  const nameOf = useNodeNames();
  const edges = useClusterLinks((links) => links.edges);
  const ownId = useCluster(({ nodes }) => nodes.find(({ self }) => self)?.nodeId);
  const names = neighboursOf(nodeId, edges)
    .filter((id) => id !== ownId)
    .map(nameOf)
    .sort();
  if (names.length === 0 || nodeId === ownId) return null;
  const list = names.join(', ');
  return (
    <span className="sb-3 sb-clip" title={list}>
      {t('alsoWith', { list })}
    </span>
  );
}

function OwnWay({ view: { nodeId, via, secure } }: { readonly view: NodeView }) {
  const { t } = useTranslation('topology');
  if (via === 'link' || via === 'relay') return <Way secure={secure}>{t(`way_${via}`)}</Way>;
  return <BrokerCell nodeId={nodeId} secure={via === 'mqtt' && secure} />;
}

function Way({ secure, children }: { readonly secure: boolean; readonly children: ReactNode }) {
  return secure ? <StateLabel kind="valid">{children}</StateLabel> : <span className="sb-2">{children}</span>;
}

function BrokerCell({ nodeId, secure }: { readonly nodeId: string; readonly secure: boolean }) {
  const { t } = useTranslation('topology');
  const { hubId, address } = useBroker();
  const hub = useCluster(({ nodes }) => nodes.find((node) => node.nodeId === hubId)?.name);
  if (nodeId === hubId) return <Way secure={secure}>{t('isHub')}</Way>;
  return <Way secure={secure}>{hub ?? (address === undefined ? t('noMeasure') : hostOf(address))}</Way>;
}

function RateCell({ view: { nodeId } }: { readonly view: NodeView }) {
  const { t } = useTranslation('topology');
  return useRate(nodeId) ?? t('noMeasure');
}

function RoundTripCell({ view: { roundTrip } }: { readonly view: NodeView }) {
  const { t } = useTranslation('topology');
  return roundTrip ?? t('noMeasure');
}

function SeenCell({ view: { nodeId } }: { readonly view: NodeView }) {
  const { t } = useTranslation('topology');
  return useLastStatus(nodeId) ?? t('noMeasure');
}

const cellParts = [NameCell, StateCell, LinkCell, RateCell, RoundTripCell, SeenCell];
