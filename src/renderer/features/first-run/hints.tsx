import './first-run.css';
import './texts.ts';
import { useState } from 'react';
import { runAction } from '../../app/actions/registry.ts';
import { shortcutLabel } from '../../app/actions/shortcuts.ts';
import { goTo } from '../../app/routes.ts';
import { IconX } from '../../design/icons/index.ts';
import { onDemand } from '../../design/on-demand.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { useDemo } from '../../state/demo.ts';
import { closeHint, type Hint, hints, useHints } from '../../state/hints.ts';
import { useCall } from '../../state/use-call.ts';

const BackupDialog = onDemand(() => import('../shared/backup/backup-dialog.tsx').then((module) => module.BackupDialog));

/** At most four first steps above the Overview, each until it is closed (ui.md 4.10). */
export function Hints() {
  const { t } = useTranslation('firstRun');
  const { closed, backedUp } = useHints();
  const demo = useDemo(({ state }) => state === 'running');
  const [backingUp, setBackingUp] = useState(false);
  const { state } = useCall('membership.status', {});
  const cluster = state.kind === 'ready' || state.kind === 'stale' ? state.data.cluster : undefined;
  // The demo's key goes with the demo, and only an admin of a cluster invites.
  const possible: Record<Hint, boolean> = {
    backup: !demo && !backedUp,
    cluster: !demo && cluster === null,
    invite: !demo && cluster?.roles.includes('admin') === true,
    look: true,
    palette: true,
  };
  const shown = hints.filter((hint) => possible[hint] && !closed.includes(hint));
  const acts: Record<Hint, () => void> = {
    backup: () => setBackingUp(true),
    cluster: () => goTo('first-run'),
    invite: () => goTo('settings', { section: 'trust' }),
    look: () => goTo('nodes'),
    palette: () => runAction('palette.open'),
  };
  if (shown.length === 0 && !backingUp) return null;
  return (
    <section className="fr-hints" aria-label={t('hints')}>
      <ul>
        {shown.map((hint) => (
          <li key={hint}>
            <div className="sb-flex">
              <b className="sb-clip sb-grow">{t(`hint_${hint}`)}</b>
              <button
                type="button"
                className="sb-plain"
                aria-label={t('closeHint', { title: t(`hint_${hint}`) })}
                onClick={() => closeHint(hint)}
              >
                <IconX size={14} stroke={1.6} />
              </button>
            </div>
            <p className="sb-2">{t(`hint_${hint}Text`, { keys: shortcutLabel('mod+k') })}</p>
            <button type="button" className="sb-link" onClick={acts[hint]}>
              {t(`hint_${hint}Act`)}
            </button>
          </li>
        ))}
      </ul>
      {backingUp && <BackupDialog onClose={() => setBackingUp(false)} />}
    </section>
  );
}
