import { useEffect } from 'react';
import { Loading } from '../design/feedback/states.tsx';
import { StateShape } from '../design/icons/index.ts';
import { Strip } from '../design/layout/bars.tsx';
import { onDemand } from '../design/on-demand.tsx';
import { DesignProvider } from '../design/provider.tsx';
import { useTranslation } from '../i18n/index.ts';
import { useCluster } from '../state/cluster.ts';
import { decideFirstRun, useFirstRun } from '../state/first-run.ts';
import { formatAge } from '../state/format.ts';
import { useHints } from '../state/hints.ts';
import { desktop } from '../state/host.ts';
import { nodeClient, openNode, useNode } from '../state/node.ts';
import { usePreferences } from '../state/preferences.ts';
import { useSession } from '../state/session.ts';
import { globalActions } from './actions/global-actions.ts';
import { instanceActions } from './actions/instance-actions.ts';
import { useOverlay } from './actions/overlay.ts';
import { provideActions, runAction } from './actions/registry.ts';
import { listenToShortcuts } from './actions/shortcuts.ts';
import { useNow } from './frame/connection-label.tsx';
import { DemoStrip } from './frame/demo-strip.tsx';
import { ErrorBoundary } from './frame/error-boundary.tsx';
import { JoinRequestsStrip } from './frame/join-requests-strip.tsx';
import { useNotifications } from './frame/notifications.ts';
import { Rail } from './frame/rail.tsx';
import { ScopeStrip } from './frame/scope-strip.tsx';
import { StatusBar } from './frame/status-bar.tsx';
import { TitleBar } from './frame/title-bar.tsx';
import { goTo, goToPath, isAtStart, useRoute, type View } from './routes.ts';

const screens = {
  overview: onDemand(() => import('../features/overview/overview.tsx').then((module) => module.Overview)),
  nodes: onDemand(() => import('../features/nodes/nodes.tsx').then((module) => module.Nodes)),
  rpc: onDemand(() => import('../features/rpc/rpc.tsx').then((module) => module.Rpc)),
  events: onDemand(() => import('../features/events/events.tsx').then((module) => module.Events)),
  queues: onDemand(() => import('../features/queues/queues.tsx').then((module) => module.Queues)),
  tunnels: onDemand(() => import('../features/tunnels/tunnels.tsx').then((module) => module.Tunnels)),
  ledger: onDemand(() => import('../features/ledger/ledger.tsx').then((module) => module.Ledger)),
  'first-run': onDemand(() => import('../features/first-run/first-run.tsx').then((module) => module.FirstRun)),
  settings: onDemand(() => import('../features/settings/settings.tsx').then((module) => module.Settings)),
} satisfies Record<View, unknown>;

// What the first screen of the window does not show is loaded when it is asked for.
const SignIn = onDemand(() => import('../features/sign-in/sign-in.tsx').then((module) => module.SignIn));
const Hints = onDemand(() => import('../features/first-run/hints.tsx').then((module) => module.Hints));
const RemovedNotice = onDemand(() => import('../features/removed/removed-notice.tsx').then((module) => module.RemovedNotice));
const Palette = onDemand(() => import('./frame/palette.tsx').then((module) => module.Palette));
const ShortcutsDialog = onDemand(() => import('./frame/shortcuts-dialog.tsx').then((module) => module.ShortcutsDialog));

/** The console: sign-in where it is needed, else the frame with one view. */
export function App() {
  const scheme = usePreferences((preferences) => preferences.scheme);
  const density = usePreferences((preferences) => preferences.density);
  const session = useSession((state) => state.kind);
  return (
    <DesignProvider scheme={scheme} density={density}>
      {desktop === undefined && session === 'needed' ? <SignIn /> : <Console />}
    </DesignProvider>
  );
}

function Console() {
  const { t } = useTranslation('frame');
  const scheme = usePreferences((preferences) => preferences.scheme);
  const railWide = usePreferences((preferences) => preferences.railWide);
  const { view } = useRoute();
  const nodes = useCluster((state) => state.nodes);
  const overlay = useOverlay((state) => state.open);
  const connected = useNode(({ connection }) => connection.kind === 'connected');
  const roles = useNode(({ me }) => me?.roles);
  useEffect(openNode, []);
  useNotifications();
  useEffect(listenToShortcuts, []);
  useEffect(() => void desktop?.setTheme(scheme), [scheme]);
  useEffect(() => desktop?.onAction(runAction), []);
  useEffect(() => desktop?.onOpenView(goToPath), []);
  useBeginWithFirstRun(connected);
  useEffect(() => provideActions('global', globalActions(t, { connected, roles: roles ?? [] })), [t, connected, roles]);
  useEffect(() => provideActions('instances', instanceActions(t, nodes)), [t, nodes]);
  return (
    <div className="sb-app" data-rail={railWide ? 'wide' : 'narrow'}>
      <button type="button" className="sb-skip" onClick={() => document.getElementById('main')?.focus()}>
        {t('skipToContent')}
      </button>
      <TitleBar />
      <Rail />
      <main className="sb-main" id="main" tabIndex={-1} data-region="view">
        <DisconnectedStrip />
        <DemoStrip />
        <Removed />
        <JoinRequestsStrip />
        <ScopeStrip view={view} />
        <FirstSteps view={view} />
        <CurrentView />
      </main>
      <StatusBar />
      {overlay === 'palette' && <Palette />}
      {overlay === 'shortcuts' && <ShortcutsDialog />}
    </div>
  );
}

function CurrentView() {
  const { t } = useTranslation('common');
  const { view } = useRoute();
  const Screen = screens[view];
  // What the Overview would show for a moment is not shown to somebody who is about to be asked something else.
  if (useDeciding()) return null;
  return (
    <ErrorBoundary resetKey={view}>
      <Screen waiting={<Loading asking={(seconds) => t('asking', { node: t('thisNode'), seconds })} cancelLabel={t('cancel')} />} />
    </ErrorBoundary>
  );
}

/** A console that was opened without an address begins with the first run, where there is one to do. */
function useBeginWithFirstRun(connected: boolean): void {
  const state = useFirstRun((firstRun) => firstRun.state);
  useEffect(() => {
    if (connected && state === 'unknown') void decideFirstRun();
  }, [connected, state]);
  useEffect(() => {
    if (state === 'needed' && isAtStart()) goTo('first-run', {}, { replace: true });
  }, [state]);
}

/** True while it is not known yet with which view the console begins. */
function useDeciding(): boolean {
  useRoute();
  const undecided = useFirstRun(({ state }) => state !== 'notNeeded');
  const failed = useNode(({ connection }) => connection.kind === 'waiting' || connection.kind === 'closed');
  return undecided && !failed && isAtStart();
}

/** The hints of the first days, above the Overview. */
function FirstSteps({ view }: { readonly view: View }) {
  const on = useHints((hints) => hints.on);
  const known = useNode(({ status }) => status !== undefined);
  if (!on || !known || view !== 'overview') return null;
  return <Hints />;
}

/** The node says itself that it is no member any more; the notice asks by whom. */
function Removed() {
  const removed = useNode(({ status }) => status?.problems.some(({ id }) => id === 'membership.revoked') === true);
  if (!removed) return null;
  return <RemovedNotice />;
}

/** Disconnected keeps the last data, with its age; never blank. */
function DisconnectedStrip() {
  const { t } = useTranslation('frame');
  const connection = useNode((state) => state.connection);
  const statusAtMs = useNode((state) => state.statusAtMs);
  const away =
    connection.kind === 'waiting' || connection.kind === 'closed' || (connection.kind === 'connecting' && connection.attempt > 1);
  const nowMs = useNow(away);
  if (!away || statusAtMs === undefined) return null;
  return (
    <Strip
      tone="warn"
      icon={<StateShape kind="warn" />}
      fact={t('disconnectedFact')}
      act={
        <button type="button" className="sb-link" onClick={() => nodeClient().reconnectNow()}>
          {t('reconnectNow')}
        </button>
      }
    >
      {t('disconnectedDetail', { age: formatAge(nowMs - statusAtMs) })}
    </Strip>
  );
}
