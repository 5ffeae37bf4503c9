import './rpc.css';
import './texts.ts';
import { useEffect } from 'react';
import { useRoute } from '../../app/routes.ts';
import { Button } from '../../design/controls/index.ts';
import { Empty, ErrorPanel, Loading } from '../../design/feedback/states.tsx';
import { IconTerminal2, StateShape } from '../../design/icons/index.ts';
import { Strip } from '../../design/layout/bars.tsx';
import { SideColumn } from '../../design/layout/split.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { useCluster } from '../../state/cluster.ts';
import { formatAge } from '../../state/format.ts';
import { useNode } from '../../state/node.ts';
import { useCall } from '../../state/use-call.ts';
import { ConfirmCall } from './dialogs/confirm-call.tsx';
import { NameDialog } from './dialogs/name-dialog.tsx';
import { VariablesDialog } from './dialogs/variables-dialog.tsx';
import { targetOfNode } from './model/target.ts';
import { SideHead } from './side/side-head.tsx';
import { SideList } from './side/side-list.tsx';
import { useTargetCatalogue } from './state/catalogues.ts';
import { activeTab, useRpc } from './state/rpc-store.ts';
import { openMethod } from './state/tabs.ts';
import { keeping, loadWorkspace } from './state/workspace.ts';
import { useRpcActions } from './use-rpc-actions.ts';
import { Workbench } from './workbench.tsx';

const noParams = {};

/** The RPC screen: every method of the node, its form, its answer, and what was sent before. */
export function Rpc() {
  const { t } = useTranslation('rpc');
  const catalogue = useCall('rpc.catalogue', noParams);
  useTargetCatalogue(useRpc((state) => activeTab(state)?.content.target));
  useCatalogue(catalogue.state.kind === 'ready' ? catalogue.state.data.methods : undefined);
  useWorkspace();
  useRouteRequest();
  useRpcActions();
  return (
    <div className="sb-split">
      <SideColumn
        name="rpc.side"
        side="left"
        initialWidth={232}
        minWidth={180}
        maxWidth={420}
        label={t('resizeSide')}
        className="sb-side sb-col"
      >
        <SideHead />
        <Catalogue {...catalogue} />
      </SideColumn>
      <div className="sb-col sb-grow">
        <KeptStrips />
        <Requests />
      </div>
      <NameDialog />
      <VariablesDialog />
      <ConfirmCall />
    </div>
  );
}

/** The list at the left in its four states. */
function Catalogue({ state, retry, cancel }: ReturnType<typeof useCall<'rpc.catalogue'>>) {
  const { t } = useTranslation('rpc');
  const { t: common } = useTranslation('common');
  const node = useNode(({ status }) => status?.name) ?? common('thisNode');
  if (state.kind === 'loading')
    return <Loading rows={12} asking={(seconds) => common('asking', { node, seconds })} cancelLabel={common('cancel')} onCancel={cancel} />;
  if (state.kind === 'error') {
    return (
      <div className="sb-scroll sb-rpc-side-error">
        <ErrorPanel
          title={t('catalogueFailed')}
          meaning={state.error.message}
          facts={[
            [common('error.code'), state.error.code],
            [common('error.node'), node],
            [common('error.call'), 'rpc.catalogue'],
          ]}
          acts={<Button onClick={retry}>{common('tryAgain')}</Button>}
        />
      </div>
    );
  }
  if (state.data.methods.length === 0) return <p className="sb-rpc-none sb-2">{t('catalogueEmpty', { node })}</p>;
  return (
    <>
      {state.kind === 'stale' && (
        <Strip
          tone="warn"
          icon={<StateShape kind="warn" />}
          fact={t('catalogueStale', { age: formatAge(Date.now() - state.atMs) })}
          act={
            <button type="button" className="sb-link" onClick={retry}>
              {common('tryAgain')}
            </button>
          }
        />
      )}
      <SideList />
    </>
  );
}

/** What was kept before could not be read, or what is written now cannot be kept. */
function KeptStrips() {
  const { t } = useTranslation('rpc');
  const { t: common } = useTranslation('common');
  const loading = useRpc((state) => state.loading);
  const notKept = useRpc((state) => state.notKept);
  const unreadable = useRpc((state) => state.unreadable);
  const omitted = useRpc((state) => state.omitted);
  const owner = useRpc((state) => state.owner);
  const again = (run: () => void) => (
    <button type="button" className="sb-link" onClick={run}>
      {common('tryAgain')}
    </button>
  );
  return (
    <>
      {typeof loading === 'object' && owner !== undefined && (
        <Strip tone="warn" icon={<StateShape kind="warn" />} fact={t('keptNotRead')} act={again(() => void loadWorkspace(owner))}>
          {loading.failed.message}
        </Strip>
      )}
      {notKept !== undefined && (
        <Strip tone="warn" icon={<StateShape kind="warn" />} fact={t('notKept')} act={again(() => void keeping.flush())}>
          {notKept.retryable ? t('notKeptYet') : notKept.message}
        </Strip>
      )}
      {omitted > 0 && (
        <Strip
          tone="mode"
          icon={<StateShape kind="lagging" />}
          fact={t('omitted', { count: omitted })}
          act={
            <button type="button" className="sb-link" onClick={() => useRpc.setState({ omitted: 0 })}>
              {common('close')}
            </button>
          }
        >
          {t('omittedHelp')}
        </Strip>
      )}
      {unreadable.length > 0 && (
        <Strip
          tone="warn"
          icon={<StateShape kind="warn" />}
          fact={t('unreadable', { count: unreadable.length })}
          act={
            <button type="button" className="sb-link" onClick={() => useRpc.setState({ unreadable: [] })}>
              {common('close')}
            </button>
          }
        >
          {t('unreadableHelp')}
        </Strip>
      )}
    </>
  );
}

function Requests() {
  const { t } = useTranslation('rpc');
  const tab = useRpc(activeTab);
  const waiting = useRpc((state) => state.loading === 'waiting');
  if (tab !== undefined) return <Workbench tab={tab} />;
  // Open tabs are on their way: an empty state would flash.
  if (waiting) return null;
  return (
    <Empty
      icon={<IconTerminal2 size={24} stroke={1.5} />}
      title={t('emptyTitle')}
      act={<Button onClick={() => openMethod('system.info')}>{t('emptyAct')}</Button>}
      terminal={{ label: t('fromTerminal'), command: 'signalbox call system.info' }}
    >
      {t('emptyHelp')}
    </Empty>
  );
}

function useCatalogue(methods: ReturnType<typeof useRpc.getState>['catalogue'] | undefined): void {
  useEffect(() => {
    if (methods !== undefined) useRpc.setState({ catalogue: methods });
  }, [methods]);
}

/** Reads what the person kept once it is known who it is, and again when the node is back. */
function useWorkspace(): void {
  const owner = useNode(({ me }) => me?.user);
  const connected = useNode(({ connection }) => connection.kind === 'connected');
  useEffect(() => {
    if (owner !== undefined && connected) void loadWorkspace(owner);
  }, [owner, connected]);
  useEffect(() => {
    const flush = () => {
      if (document.visibilityState === 'hidden') void keeping.flush();
    };
    document.addEventListener('visibilitychange', flush);
    return () => {
      document.removeEventListener('visibilitychange', flush);
      void keeping.flush();
    };
  }, []);
}

/** `#/rpc?method=…&params=…&node=ID` opens a request. It fills in, it never sends. */
function useRouteRequest(): void {
  const route = useRoute();
  const ready = useRpc(({ loading, catalogue }) => loading !== 'waiting' && catalogue.length > 0);
  useEffect(() => {
    const method = route.query.get('method');
    if (!ready || route.view !== 'rpc' || method === null) return;
    const node = route.query.get('node');
    const target = node === null ? undefined : targetOfNode(node.slice(0, 128), useCluster.getState().nodes);
    openMethod(method.slice(0, 128), route.query.get('params') ?? undefined, target);
    // Taken: the same link a second time must be a change of address again.
    history.replaceState(null, '', '#/rpc');
  }, [ready, route]);
}
