import { useEffect } from 'react';
import { type Action, provideActions } from '../../app/actions/registry.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useNode } from '../../state/node.ts';
import { copyAsCli, copyAsTypeScript, exportRequests } from './acts.ts';
import { dangerOf } from './model/danger.ts';
import { ownNode } from './model/target.ts';
import { showParamsAs } from './request/params-panel-view.ts';
import { closeRequest } from './request/request-tabs.tsx';
import { filterId } from './side/side-list.tsx';
import { activeTab, entryOf, useRpc } from './state/rpc-store.ts';
import { saveOrAsk } from './state/saved.ts';
import { cancel, send } from './state/sending.ts';
import { duplicateTab, newTab, reopenTab, stepTab } from './state/tabs.ts';

/** Makes the acts of the RPC screen known to palette and keys while it is looked at. */
export function useRpcActions(): void {
  const { t } = useTranslation('rpc');
  const tabId = useRpc((state) => state.activeTabId);
  const method = useRpc((state) => activeTab(state)?.content.method ?? '');
  const entry = useRpc((state) => entryOf(state, activeTab(state)?.content));
  const target = useRpc((state) => activeTab(state)?.content.target ?? ownNode);
  const running = useRpc((state) => tabId !== undefined && state.runs[tabId]?.current.state === 'running');
  const environment = useNode(({ status }) => status?.environment);
  useEffect(() => {
    const onTab = (run: (id: string) => void, enabled = true): Pick<Action, 'enabled' | 'run'> => ({
      enabled: tabId !== undefined && enabled,
      run: () => tabId !== undefined && run(tabId),
    });
    const onContent = (copy: typeof copyAsCli) => () => {
      const tab = activeTab(useRpc.getState());
      if (tab !== undefined) void copy(tab.content);
    };
    const act = { group: 'act', danger: 0 } as const;
    return provideActions('rpc', [
      {
        ...act,
        id: 'rpc.send',
        title: t('actionSend', { method }),
        shortcut: 'mod+enter',
        danger: dangerOf(entry, environment, target),
        ...onTab(send, method !== '' && !running && (entry?.allowed !== false || target.kind !== 'self')),
      },
      { ...act, id: 'rpc.cancel', title: t('actionCancel'), shortcut: 'escape', ...onTab(cancel, running) },
      { ...act, id: 'rpc.save', title: t('actionSave'), shortcut: 'mod+s', ...onTab(saveOrAsk, method !== '') },
      { ...act, id: 'rpc.newTab', title: t('newTab'), shortcut: 'mod+n', run: newTab },
      { ...act, id: 'rpc.nextTab', title: t('nextTab'), shortcut: 'mod+pagedown', run: () => stepTab(1) },
      { ...act, id: 'rpc.previousTab', title: t('previousTab'), shortcut: 'mod+pageup', run: () => stepTab(-1) },
      { ...act, id: 'rpc.closeTab', title: t('closeTab'), ...onTab(closeRequest) },
      { ...act, id: 'rpc.reopenTab', title: t('reopenTab'), run: reopenTab },
      { ...act, id: 'rpc.duplicate', title: t('duplicate'), ...onTab(duplicateTab) },
      {
        ...act,
        id: 'rpc.toggleView',
        title: t('toggleView'),
        shortcut: 'mod+e',
        ...onTab(() => showParamsAs(useRpc.getState().paramsView === 'json' ? 'form' : 'json')),
      },
      { ...act, id: 'rpc.copyCli', title: t('copyCli'), enabled: method !== '', run: onContent(copyAsCli) },
      { ...act, id: 'rpc.copyTypeScript', title: t('copyTypeScript'), enabled: method !== '', run: onContent(copyAsTypeScript) },
      { ...act, id: 'rpc.variables', title: t('editVariables'), run: () => useRpc.setState({ dialog: 'variables' }) },
      { ...act, id: 'rpc.export', title: t('exportRequests'), run: exportRequests },
      { ...act, id: 'rpc.filter', title: t('filterLabel'), shortcut: '/', run: () => document.getElementById(filterId)?.focus() },
    ]);
  }, [t, tabId, method, entry, target, running, environment]);
}
