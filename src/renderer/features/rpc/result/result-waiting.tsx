import { useEffect, useState } from 'react';
import { Button } from '../../../design/controls/index.ts';
import { CodeView } from '../../../design/data/code-view.tsx';
import { colour } from '../../../design/data/json-view.tsx';
import { StateShape } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { previewJson } from '../model/json-preview.ts';
import { useTargetName } from '../request/target-picker.tsx';
import type { Run } from '../state/run.ts';
import { cancel } from '../state/sending.ts';

const beatMs = 200;

/** Who is asked and for how long, with the last progress message as it comes. */
export function ResultWaiting({ run, tabId }: { readonly run: Run; readonly tabId: string }) {
  const { t } = useTranslation('rpc');
  const { t: common } = useTranslation('common');
  const name = useTargetName()(run.target);
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), beatMs);
    return () => clearInterval(timer);
  }, []);
  const progress = run.timeline.filter((entry) => entry.kind === 'progress');
  const last = progress.at(-1);
  const lines = last === undefined ? [] : previewJson(last.data).text.split('\n');
  const seconds = (Math.max(0, nowMs - run.startedAtMs) / 1_000).toFixed(1);
  return (
    <>
      <div className="sb-flex sb-rpc-waiting">
        <StateShape kind="running" />
        <span className="sb-num">{common('asking', { node: name, seconds })}</span>
        <span className="sb-3">{t('waitsUpTo', { seconds: run.timeoutMs / 1_000 })}</span>
        <Button variant="default" size="xs" onClick={() => cancel(tabId)}>
          {common('cancel')}
        </Button>
      </div>
      {last !== undefined && (
        <>
          <p className="sb-cap sb-rpc-progress">{t('progressCount', { count: progress.length + run.timelineDropped })}</p>
          <CodeView label={t('progressLast')} count={lines.length} lineAt={(index) => colour(lines[index] ?? '')} numbered />
        </>
      )}
    </>
  );
}
