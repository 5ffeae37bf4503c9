import type { NodeInfo } from '../../../../common/contract/nodes.ts';
import { goTo } from '../../../app/routes.ts';
import { Button } from '../../../design/controls/index.ts';
import { Empty } from '../../../design/feedback/states.tsx';
import { IconTopologyStar3, StateShape } from '../../../design/icons/index.ts';
import { Strip } from '../../../design/layout/bars.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { selectNothing, showNode } from '../nodes-route.ts';

const openSettings = () => goTo('settings', { section: 'federation' });

/** This node is the only one because federation is off: what it is, how to begin, how to try it. */
export function Alone({ self }: { readonly self: NodeInfo }) {
  const { t } = useTranslation('nodes');
  return (
    <Empty
      icon={<IconTopologyStar3 size={24} stroke={1.5} />}
      title={t('aloneTitle', { name: self.name })}
      act={
        <>
          <Button onClick={() => goTo('first-run')}>{t('aloneBegin')}</Button>
          <Button variant="default" onClick={openSettings}>
            {t('aloneSettings')}
          </Button>
          <Button variant="default" onClick={() => showNode(self.nodeId, 'overview')}>
            {t('aloneShowSelf')}
          </Button>
        </>
      }
      terminal={{ label: t('aloneTerminal'), command: 'signalbox demo' }}
    >
      {t('aloneText')}
    </Empty>
  );
}

/** Federation is on and nobody else has come yet. */
export function AloneStrip({ broker }: { readonly broker: string | null }) {
  const { t } = useTranslation('nodes');
  return (
    <Strip
      tone="mode"
      icon={<IconTopologyStar3 size={14} stroke={1.6} />}
      fact={t('aloneFact')}
      act={
        <button type="button" className="sb-link" onClick={openSettings}>
          {t('aloneSettings')}
        </button>
      }
    >
      {broker === null ? t('aloneJoin') : t('aloneJoinAt', { broker })}
    </Strip>
  );
}

/** The own node has lost the broker: of the others nothing is known now. */
export function OutOfSightStrip({ nodes }: { readonly nodes: readonly NodeInfo[] }) {
  const { t } = useTranslation('nodes');
  const self = nodes.find((node) => node.self);
  const count = nodes.filter(({ status }) => status === 'unknown').length;
  if (self === undefined || count === 0) return null;
  return (
    <Strip
      tone="warn"
      icon={<StateShape kind="warn" />}
      fact={t('outOfSight', { name: self.name })}
      act={
        <button type="button" className="sb-link" onClick={() => showNode(self.nodeId, 'connections')}>
          {t('outOfSightAct')}
        </button>
      }
    >
      {t('outOfSightDetail', { count })}
    </Strip>
  );
}

/** A link led to a node that this one has never heard of. */
export function UnknownStrip({ nodeId }: { readonly nodeId: string }) {
  const { t } = useTranslation('nodes');
  return (
    <Strip
      tone="mode"
      icon={<StateShape kind="unknown" />}
      fact={t('notKnown', { id: nodeId })}
      act={
        <button type="button" className="sb-link" onClick={selectNothing}>
          {t('notKnownAct')}
        </button>
      }
    >
      {t('notKnownDetail')}
    </Strip>
  );
}
