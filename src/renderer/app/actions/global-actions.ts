import type { TFunction } from 'i18next';
import type { Role } from '../../../common/roles.ts';
import { nodeClient } from '../../state/node.ts';
import { usePreferences } from '../../state/preferences.ts';
import { goTo, type RailView, railViews } from '../routes.ts';
import { useOverlay } from './overlay.ts';
import { focusNextRegion } from './regions.ts';
import type { Action } from './registry.ts';
import { settingsActions } from './settings-actions.ts';

/** Numbers of the rail follow the whole product, so that a learned key never moves when a view is added. */
export const viewShortcuts: Record<RailView, string> = {
  overview: 'mod+1',
  nodes: 'mod+2',
  rpc: 'mod+3',
  events: 'mod+4',
  queues: 'mod+5',
  tunnels: 'mod+6',
  ledger: 'mod+7',
  settings: 'mod+9',
};

/** Acts that exist everywhere in the console. */
export function globalActions(
  t: TFunction<'frame'>,
  now: { readonly connected: boolean; readonly roles: readonly Role[] },
): readonly Action[] {
  const go = railViews.map(
    (view): Action => ({ id: `go.${view}`, group: 'go', title: t(view), shortcut: viewShortcuts[view], danger: 0, run: () => goTo(view) }),
  );
  const schemes = (['system', 'light', 'dark'] as const).map(
    (scheme): Action => ({
      id: `appearance.${scheme}`,
      group: 'appearance',
      title: t(`theme_${scheme}`),
      danger: 0,
      run: () => usePreferences.setState({ scheme }),
    }),
  );
  const densities = (['compact', 'normal', 'relaxed'] as const).map(
    (density): Action => ({
      id: `appearance.${density}`,
      group: 'appearance',
      title: t(`density_${density}`),
      danger: 0,
      run: () => usePreferences.setState({ density }),
    }),
  );
  return [
    ...go,
    {
      id: 'palette.open',
      group: 'act',
      title: t('paletteTitle'),
      shortcut: 'mod+k',
      danger: 0,
      run: () => useOverlay.setState({ open: 'palette' }),
    },
    {
      id: 'help.shortcuts',
      group: 'act',
      title: t('shortcuts'),
      shortcut: '?',
      danger: 0,
      run: () => useOverlay.setState({ open: 'shortcuts' }),
    },
    { id: 'frame.nextRegion', group: 'act', title: t('nextRegion'), shortcut: 'f6', danger: 0, run: () => focusNextRegion(1) },
    {
      id: 'frame.previousRegion',
      group: 'act',
      title: t('previousRegion'),
      shortcut: 'shift+f6',
      danger: 0,
      run: () => focusNextRegion(-1),
    },
    {
      id: 'connection.retry',
      group: 'act',
      title: t('reconnectNow'),
      danger: 0,
      enabled: !now.connected,
      run: () => nodeClient().reconnectNow(),
    },
    { id: 'firstRun.open', group: 'go', title: t('openFirstRun'), danger: 0, run: () => goTo('first-run') },
    {
      id: 'frame.widenRail',
      group: 'appearance',
      title: t('widenRail'),
      danger: 0,
      run: () => usePreferences.setState(({ railWide }) => ({ railWide: !railWide })),
    },
    ...settingsActions(t, now),
    ...schemes,
    ...densities,
  ];
}
