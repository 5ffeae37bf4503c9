import { memo } from 'react';
import { goTo } from '../../../app/routes.ts';
import { IconServer, StateShape } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { hostOf, useBroker } from './broker.ts';
import { useLookedAt } from './cluster-links.ts';
import { conditionShapes } from './model/node-view.ts';
import { openNode } from './open-node.ts';
import { type NodeView, useNodeView, useRate } from './use-node-view.ts';

/** A node in the graph: shape and name, then the two numbers that matter, or the reason (look.md section 9). */
export const TopologyBox = memo(function TopologyBox({ id, focusable }: { readonly id: string; readonly focusable: boolean }) {
  const view = useNodeView(id);
  return view === undefined ? <BrokerMark focusable={focusable} /> : <NodeBox view={view} focusable={focusable} />;
});

function NodeBox({ view, focusable }: { readonly view: NodeView; readonly focusable: boolean }) {
  const { t } = useTranslation('topology');
  const { nodeId, name, isSelf, condition, isApart, reason, problems, roundTrip } = view;
  const isHub = useBroker((broker) => broker.hubId === nodeId);
  const facts = [problems.length > 0 ? t('problems', { count: problems.length }) : undefined, isSelf ? t('thisNode') : undefined].filter(
    (fact) => fact !== undefined,
  );
  return (
    <button
      type="button"
      className={`tp-box ${condition} ${isApart ? 'apart' : ''}`}
      tabIndex={focusable ? 0 : -1}
      title={[name, ...problems].join('\n')}
      onClick={() => openNode(nodeId)}
      onPointerEnter={() => useLookedAt.setState({ nodeId })}
      onPointerLeave={lookAway}
      onFocus={() => useLookedAt.setState({ nodeId })}
      onBlur={lookAway}
    >
      <StateShape kind={conditionShapes[condition]} />
      <span className="tp-name sb-clip">
        {name}
        {reason === undefined && <span className="sb-hidden">, {t(`state_${condition}`)}</span>}
      </span>
      {isHub && (
        <span className="sb-tag">
          {t('hub')}
          <span className="sb-hidden">, {t('isHub')}</span>
        </span>
      )}
      <span className="tp-second sb-num sb-clip">{reason ?? <SecondLine nodeId={nodeId} facts={facts} roundTrip={roundTrip} />}</span>
    </button>
  );
}

function lookAway(): void {
  useLookedAt.setState({ nodeId: undefined });
}

/**
 * `188/s · 0.4 ms`, `1 problem · 188/s`, `this node · 188/s`: there is room for two, and what is no measure goes first. Apart
 * from the box, so that a new second draws these words alone.
 */
function SecondLine(props: { readonly nodeId: string; readonly facts: readonly string[]; readonly roundTrip: string | undefined }) {
  const { t } = useTranslation('topology');
  const rate = useRate(props.nodeId);
  const measures = [rate === undefined ? undefined : `${rate}${t('perSecondShort')}`, props.roundTrip].filter((part) => part !== undefined);
  return [...props.facts, ...measures].slice(0, 2).join(' · ') || t('noMeasure');
}

/** A broker that is no node of the cluster. It stands in the place of the hub, and opens where it is set. */
function BrokerMark({ focusable }: { readonly focusable: boolean }) {
  const { t } = useTranslation('topology');
  const address = useBroker((broker) => broker.address);
  const linked = useBroker((broker) => broker.linked);
  const host = address === undefined ? '' : hostOf(address);
  return (
    <button
      type="button"
      className={`tp-box broker ${linked ? '' : 'silent'}`}
      tabIndex={focusable ? 0 : -1}
      title={address}
      onClick={() => goTo('settings', { section: 'federation' })}
    >
      <IconServer size={14} stroke={1.6} />
      <span className="tp-name sb-clip">{t('broker')}</span>
      <span className="tp-second sb-num sb-clip">{linked ? host : t('brokerLost')}</span>
    </button>
  );
}
