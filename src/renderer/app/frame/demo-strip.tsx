import { useEffect } from 'react';
import { showToast } from '../../design/feedback/toast.ts';
import { IconPlayerPlay, StateShape } from '../../design/icons/index.ts';
import { Strip } from '../../design/layout/bars.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { stopDemo, useDemo } from '../../state/demo.ts';
import { useNode } from '../../state/node.ts';

/** Says that the window shows a node of the demo, and ends it. */
export function DemoStrip() {
  const { t } = useTranslation('frame');
  const { state, failure } = useDemo();
  const name = useNode(({ status }) => status?.name) ?? t('thisNode');
  const shown = state === 'running' || state === 'stopping';
  useEffect(() => {
    if (shown && failure !== undefined) showToast({ title: t('demoNotStopped', { message: failure }), tone: 'error' });
  }, [shown, failure, t]);
  if (!shown) return null;
  return (
    <Strip
      tone="mode"
      icon={state === 'stopping' ? <StateShape kind="running" /> : <IconPlayerPlay size={14} stroke={1.6} />}
      fact={t('demoFact')}
      act={
        <button type="button" className="sb-link" disabled={state === 'stopping'} onClick={() => void stopDemo()}>
          {t(state === 'stopping' ? 'demoStopping' : 'demoStop')}
        </button>
      }
    >
      {t('demoDetail', { name })}
    </Strip>
  );
}
