import './removed.css';
import './texts.ts';
import type { ResultOf } from '../../../common/contract/index.ts';
import { shortNodeId } from '../../../common/ids.ts';
import { goTo } from '../../app/routes.ts';
import { StateShape } from '../../design/icons/index.ts';
import { useTranslation } from '../../i18n/index.ts';
import { formatTime } from '../../state/format.ts';
import { useCall } from '../../state/use-call.ts';

/** This node was removed from its cluster: by whom, when, and what a person can do now. */
export function RemovedNotice() {
  const { t } = useTranslation('removed');
  const own = useCall('membership.status', {});
  const members = useCall('membership.members', {});
  const status = dataOf(own.state);
  if (status?.cluster?.removed == null) return null;
  const removal = dataOf(members.state)?.removed.find(({ nodeId }) => nodeId === status.nodeId);
  const cluster = status.cluster.name;
  return (
    <section className="rm" role="alert" aria-labelledby="rm-title">
      <StateShape kind="invalid" />
      <div className="sb-grow">
        <h2 id="rm-title" className="sb-h">
          {removal === undefined
            ? t('title', { cluster })
            : t('titleBy', { cluster, by: nameOf(removal.by), time: formatTime(removal.at) })}
        </h2>
        <p>{t('meaning')}</p>
        <p>{removal === undefined ? status.cluster.removed.message : t('next', { by: nameOf(removal.by), cluster })}</p>
      </div>
      <button type="button" className="sb-link" onClick={() => goTo('settings', { section: 'trust' })}>
        {t('open')}
      </button>
    </section>
  );
}

function nameOf({ name, nodeId }: ResultOf<'membership.members'>['removed'][number]['by']): string {
  return name ?? shortNodeId(nodeId);
}

function dataOf<R>(state: { readonly kind: string; readonly data?: R }): R | undefined {
  return state.data;
}
