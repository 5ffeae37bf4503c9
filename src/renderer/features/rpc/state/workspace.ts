/** Keeps tabs, saved requests, history and variables in the person's workspace on the node. */
import type { z } from 'zod';
import type { WorkspaceKind } from '../../../../common/contract/workspace.ts';
import { SignalboxError } from '../../../../common/errors.ts';
import { nodeClient } from '../../../state/node.ts';
import {
  draftSchema,
  historyEntrySchema,
  type ReadItems,
  readItems,
  type ScreenState,
  savedRequestSchema,
  screenStateSchema,
  variableSetSchema,
} from '../model/kept-items.ts';
import { SavingQueue } from '../model/saving-queue.ts';
import { withoutSecrets } from '../model/secrets.ts';
import { resetRpc, secretParamsOf, type Tab, useRpc } from './rpc-store.ts';

/** How many are read back; the node keeps more history than anybody looks through. */
const mostRead = { request: 500, history: 200, draft: 200, variables: 100, view: 200 } as const satisfies Record<WorkspaceKind, number>;
const screenId = 'rpc';

export const keeping = new SavingQueue({
  writer: {
    put: (kind, id, value) => nodeClient().call('workspace.put', { kind, id, value }),
    remove: (kind, id) => nodeClient().call('workspace.remove', { kind, id }),
  },
  delayMs: 300,
  onFailure: (notKept) => useRpc.setState({ notKept }),
});

async function read<T extends object>(kind: WorkspaceKind, schema: z.ZodType<T>): Promise<ReadItems<T> & { readonly omitted: number }> {
  const { items, damaged, omitted } = await nodeClient().call('workspace.list', { kind, limit: mostRead[kind] });
  return { ...readItems(items, damaged, schema), omitted };
}

/** Reads what a person kept. Tabs that were opened meanwhile stay. */
export async function loadWorkspace(owner: string): Promise<void> {
  const state = useRpc.getState();
  if (state.owner === owner && state.loading === 'ready') {
    // Back after a loss: what could not be written goes now.
    await keeping.flush();
    return;
  }
  if (state.owner !== owner) {
    keeping.clear();
    resetRpc(owner);
  }
  useRpc.setState({ loading: 'waiting' });
  try {
    const [saved, history, drafts, variables, screen] = await Promise.all([
      read('request', savedRequestSchema),
      read('history', historyEntrySchema),
      read('draft', draftSchema),
      read('variables', variableSetSchema),
      readScreen(),
    ]);
    if (useRpc.getState().owner !== owner) return;
    const opened = useRpc.getState().tabs;
    const kept = drafts.data.filter((draft) => !opened.some((tab) => tab.id === draft.id)).toSorted((a, b) => a.order - b.order);
    const tabs = [...kept, ...opened];
    useRpc.setState({
      loading: 'ready',
      tabs,
      activeTabId: useRpc.getState().activeTabId ?? tabs.find((tab) => tab.id === screen.activeTabId)?.id ?? tabs[0]?.id,
      saved: saved.data.toSorted((a, b) => a.name.localeCompare(b.name)),
      history: history.data.toSorted((a, b) => b.atMs - a.atMs),
      variableSets: variables.data.toSorted((a, b) => a.name.localeCompare(b.name)),
      variableSetId: variables.data.find((set) => set.id === screen.variableSetId)?.id,
      paramsView: screen.paramsView,
      omitted: saved.omitted + history.omitted + drafts.omitted + variables.omitted,
      unreadable: [...saved.errors, ...history.errors, ...drafts.errors, ...variables.errors],
    });
  } catch (error) {
    const failed = error instanceof SignalboxError ? error : new SignalboxError('INTERNAL', String(error));
    useRpc.setState({ loading: { failed } });
  }
}

async function readScreen(): Promise<ScreenState> {
  const { items } = await nodeClient().call('workspace.list', { kind: 'view', limit: mostRead.view });
  const parsed = screenStateSchema.safeParse(items.find((item) => item.id === screenId)?.value);
  return parsed.success ? parsed.data : { paramsView: 'json' };
}

/** Keeps a tab as it is now, without secrets. While a secret cannot be told from the rest, the last good state stays. */
export function keepTab(tab: Tab): void {
  const state = useRpc.getState();
  const text = withoutSecrets(tab.content.text, secretParamsOf(state, tab.content));
  if (text === undefined) return;
  const { id, ...draft } = tab;
  keeping.save('draft', id, { ...draft, content: { ...tab.content, text } });
}

/** Keeps which tab, variables and view of the params are chosen. */
export function keepScreen(): void {
  const { activeTabId, variableSetId, paramsView } = useRpc.getState();
  keeping.save('view', screenId, { activeTabId, variableSetId, paramsView } satisfies {
    readonly [K in keyof ScreenState]: ScreenState[K] | undefined;
  });
}
