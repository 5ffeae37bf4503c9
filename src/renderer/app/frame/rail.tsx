import type { ReactNode } from 'react';
import { Tooltip } from '../../design/controls/index.ts';
import {
  IconArrowsLeftRight,
  IconBroadcast,
  IconCertificate,
  IconLayoutDashboard,
  IconSettings,
  IconStack2,
  IconTerminal2,
  IconTopologyStar3,
} from '../../design/icons/index.ts';
import { useFollowQueueTrouble, useQueueTrouble } from '../../features/shared/queues/queue-trouble.ts';
import { troubledQueues } from '../../features/shared/queues/troubled-groups.ts';
import { useFollowTunnels, useTunnelSums } from '../../features/shared/tunnels/tunnel-summary.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useJoinRequests } from '../../state/join-requests.ts';
import { chainsInTrouble, useLedger } from '../../state/ledger.ts';
import { useNode } from '../../state/node.ts';
import { usePreferences } from '../../state/preferences.ts';
import { viewShortcuts } from '../actions/global-actions.ts';
import { shortcutLabel } from '../actions/shortcuts.ts';
import { goTo, type RailView, useRoute } from '../routes.ts';

const icon = { size: 19, stroke: 1.5 };
const icons: Record<RailView, ReactNode> = {
  overview: <IconLayoutDashboard {...icon} />,
  nodes: <IconTopologyStar3 {...icon} />,
  rpc: <IconTerminal2 {...icon} />,
  events: <IconBroadcast {...icon} />,
  queues: <IconStack2 {...icon} />,
  tunnels: <IconArrowsLeftRight {...icon} />,
  ledger: <IconCertificate {...icon} />,
  settings: <IconSettings {...icon} />,
};

/** The left rail: one button a view, a count only for what needs a person. */
export function Rail() {
  const { t } = useTranslation('frame');
  const { view } = useRoute();
  const wide = usePreferences((preferences) => preferences.railWide);
  const problems = useNode(({ status }) => status?.problems.length ?? 0);
  const requests = useJoinRequests((state) => state.requests.length);
  useFollowQueueTrouble();
  const queues = useQueueTrouble(({ groups }) => troubledQueues(groups));
  useFollowTunnels();
  const tunnels = useTunnelSums(({ needPerson }) => needPerson);
  const chains = useLedger(({ status }) => chainsInTrouble(status));
  /** What of a view needs a person. */
  const waiting = (target: RailView): { readonly count: number; readonly label: string } | undefined => {
    if (target === 'overview' && problems > 0)
      return { count: problems, label: t('viewWithProblems', { view: t(target), count: problems }) };
    if (target === 'settings' && requests > 0)
      return { count: requests, label: t('viewWithRequests', { view: t(target), count: requests }) };
    if (target === 'queues' && queues > 0) return { count: queues, label: t('viewWithQueues', { view: t(target), count: queues }) };
    if (target === 'tunnels' && tunnels > 0) return { count: tunnels, label: t('viewWithTunnels', { view: t(target), count: tunnels }) };
    if (target === 'ledger' && chains > 0) return { count: chains, label: t('viewWithLedger', { view: t(target), count: chains }) };
    return undefined;
  };
  const button = (target: RailView) => (
    <Tooltip key={target} label={`${t(target)} (${shortcutLabel(viewShortcuts[target])})`} position="right" disabled={wide}>
      <button
        type="button"
        aria-label={waiting(target)?.label ?? t(target)}
        aria-current={view === target ? 'page' : undefined}
        onClick={() => goTo(target)}
      >
        {icons[target]}
        {wide && <span>{t(target)}</span>}
        {waiting(target) !== undefined && (
          <span className="sb-count" aria-hidden="true">
            {shortened(waiting(target)?.count ?? 0)}
          </span>
        )}
      </button>
    </Tooltip>
  );
  return (
    <nav className="sb-rail" aria-label={t('nav')} data-region="rail">
      {(['overview', 'nodes', 'rpc', 'events', 'queues', 'tunnels', 'ledger'] as const).map(button)}
      <span className="sb-grow" />
      {button('settings')}
    </nav>
  );
}

/** What fits into the badge. */
function shortened(count: number): string {
  return count > 99 ? '99+' : String(count);
}
