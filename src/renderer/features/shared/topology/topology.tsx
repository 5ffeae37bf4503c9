import './texts.ts';
import { Fragment, type ReactNode } from 'react';
import { carrierKinds } from '../../../../common/carrier-kinds.ts';
import { SegmentedControl } from '../../../design/controls/index.ts';
import { Loading } from '../../../design/feedback/states.tsx';
import { onDemand } from '../../../design/on-demand.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { useCluster } from '../../../state/cluster.ts';
import { useFollowClusterMetrics } from '../../../state/cluster-metrics.ts';
import { forgetPlaces, useArrangement } from './arrangement.ts';
import { useFollowBroker } from './broker.ts';
import { useClusterLinks, useFollowClusterLinks } from './cluster-links.ts';
import { linksBesides } from './model/peer-links.ts';
import './topology.css';
import { TopologyTable } from './topology-table.tsx';

// React Flow is loaded when a graph is shown.
const TopologyGraph = onDemand(() => import('./topology-graph.tsx').then((module) => module.TopologyGraph));

/** So many stand in one row under their hub: a panel needs less height for them. */
const fewNodes = 5;
/** Above so many the graph is no help, and its boxes would cost the window its frames: the table takes over. */
export const mostGraphNodes = 300;

/**
 * The nodes of the cluster and what they meet at, live: as a graph or as the table that says the same (look.md section 9).
 *
 * @param props.end acts at the right of the head
 */
export function Topology(props: { readonly size: 'panel' | 'full'; readonly end?: ReactNode }) {
  const { t } = useTranslation('topology');
  const { t: common } = useTranslation('common');
  const chosen = useArrangement((arrangement) => arrangement.form);
  const count = useCluster(({ nodes }) => nodes.length);
  const arranged = useArrangement(({ moved }) => Object.keys(moved).length > 0);
  useFollowClusterMetrics();
  useFollowBroker();
  useFollowClusterLinks();
  const tooMany = count > mostGraphNodes;
  const form = tooMany ? 'table' : chosen;
  return (
    <section className={`tp sb-col ${props.size} ${count <= fewNodes ? 'few' : ''}`} aria-labelledby="tp-title">
      <div className="sb-part-head">
        <h2 id="tp-title" className={props.size === 'full' ? 'sb-hidden' : 'sb-h'}>
          {t('title')}
        </h2>
        {form === 'graph' ? <Legend /> : tooMany && <span className="sb-3 sb-clip">{t('tooMany', { count, most: mostGraphNodes })}</span>}
        <span className="sb-grow" />
        {form === 'graph' && arranged && (
          <button type="button" className="sb-link" onClick={forgetPlaces}>
            {t('arrange')}
          </button>
        )}
        <SegmentedControl
          aria-label={t('form')}
          value={form}
          disabled={tooMany}
          onChange={(next) => useArrangement.setState({ form: next })}
          data={[
            { value: 'graph', label: t('graph') },
            { value: 'table', label: t('table') },
          ]}
        />
        {props.end}
      </div>
      {form === 'table' ? (
        <TopologyTable />
      ) : (
        <TopologyGraph
          wheelZooms={props.size === 'full'}
          waiting={
            <Loading
              rows={4}
              asking={(seconds) => common('asking', { node: common('thisNode'), seconds })}
              cancelLabel={common('cancel')}
            />
          }
        />
      )}
    </section>
  );
}

/** What the lines mean. */
function Legend() {
  const { t } = useTranslation('topology');
  const present = useCluster(({ nodes }) => carrierKinds.filter((kind) => nodes.some(({ via }) => via === kind)).join());
  const ownId = useCluster(({ nodes }) => nodes.find(({ self }) => self)?.nodeId);
  const hasOthers = useClusterLinks(({ edges }) => linksBesides(ownId ?? '', edges).length > 0);
  const ways = carrierKinds.filter((kind) => present.split(',').includes(kind));
  return (
    <span className="sb-3 sb-flex tp-legend">
      {(ways.length === 0 ? (['mqtt'] as const) : ways).map((way) => (
        <Fragment key={way}>
          {t(`legend_${way}`)}
          <svg width="24" height="2" aria-hidden="true">
            <path d="M0 1h24" className={`tp-link ${way}`} />
          </svg>
        </Fragment>
      ))}
      {hasOthers && (
        <>
          {t('legend_others')}
          <svg width="24" height="2" aria-hidden="true">
            <path d="M0 1h24" className="tp-link link others" />
          </svg>
        </>
      )}
    </span>
  );
}
