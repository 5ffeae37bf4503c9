import { memo, useMemo, useRef } from 'react';
import { Graph, type GraphBox } from '../../../design/data/graph.tsx';
import type { Direction } from '../../../design/data/graph-neighbour.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { useCluster } from '../../../state/cluster.ts';
import { keepPlace, useArrangement } from './arrangement.ts';
import { useBroker } from './broker.ts';
import { type Cell, cellAt, nearestFree, nodeSize, pointOf } from './model/lattice.ts';
import { type Cells, layOut } from './model/layout.ts';
import { TopologyBox } from './topology-box.tsx';
import { TopologyLinks } from './topology-links.tsx';

/** Id of the box that stands for a broker which is no node. */
const brokerId = 'broker';

/** The graph. It is laid out when a node comes or goes, never when a value changes. */
export const TopologyGraph = memo(function TopologyGraph({ wheelZooms }: { readonly wheelZooms: boolean }) {
  const { t } = useTranslation('topology');
  const { hub, cells } = useLayout();
  const boxes = useMemo(() => [...cells].map(([id, cell]): GraphBox => ({ id, ...pointOf(cell), ...nodeSize })), [cells]);
  const put = (id: string, wanted: Cell) => {
    const others = [...cells].filter(([other]) => other !== id).map(([, cell]) => cell);
    const before = cells.get(id);
    const cell = nearestFree(wanted, others);
    if (before?.column !== cell.column || before.row !== cell.row) keepPlace(id, cell);
  };
  return (
    <Graph
      label={t('graphLabel')}
      keysHint={t('keysHint')}
      boxes={boxes}
      Box={TopologyBox}
      links={(places) => <TopologyLinks places={places} hub={hub} />}
      onMove={(id, to) => put(id, cellAt(to, id === hub ? 0.5 : 1))}
      onStep={(id, direction) => {
        const cell = cells.get(id);
        if (cell !== undefined) put(id, step(cell, direction));
      }}
      wheelZooms={wheelZooms}
      words={{ fit: t('fit'), zoomIn: t('zoomIn'), zoomOut: t('zoomOut') }}
    />
  );
});

function step({ column, row }: Cell, direction: Direction): Cell {
  switch (direction) {
    case 'left':
      return { column: column - 1, row };
    case 'right':
      return { column: column + 1, row };
    case 'up':
      return { column, row: row - 1 };
    case 'down':
      return { column, row: row + 1 };
  }
}

/** Cells by node id, the hub first. The same object until who is in the cluster, or where a person put them, changes. */
function useLayout(): { readonly hub: string; readonly cells: Cells } {
  const hubId = useBroker((broker) => broker.hubId);
  const ownId = useOwnCentre();
  const moved = useArrangement((arrangement) => arrangement.moved);
  const key = useCluster(({ nodes }) =>
    nodes
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ nodeId }) => nodeId)
      .join(),
  );
  const last = useRef<{ readonly hub: string; readonly moved: unknown; readonly cells: Cells } | undefined>(undefined);
  return useMemo(() => {
    const ids = key === '' ? [] : key.split(',');
    const centre = ownId ?? hubId;
    const hub = centre !== undefined && ids.includes(centre) ? centre : brokerId;
    // Another hub, or places a person gave up, is another picture; a newcomer is not.
    const before = last.current?.hub === hub && last.current.moved === moved ? last.current.cells : undefined;
    const cells = layOut({
      members: ids.filter((id) => id !== hub),
      hub,
      moved: new Map(Object.entries(moved)),
      ...(before !== undefined && { before }),
    });
    last.current = { hub, moved, cells };
    return { hub, cells };
  }, [key, hubId, ownId, moved]);
}

/** The own node, when it reaches others without the broker or there is none: what is drawn are then the ways from here. */
function useOwnCentre(): string | undefined {
  const withoutBroker = useBroker(({ address }) => address === undefined);
  return useCluster(({ nodes }) =>
    withoutBroker || nodes.some(({ via }) => via === 'link' || via === 'relay') ? nodes.find(({ self }) => self)?.nodeId : undefined,
  );
}
