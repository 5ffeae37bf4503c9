import { useState } from 'react';
import { Button } from '../../../design/controls/index.ts';
import { Dialog } from '../../../design/feedback/dialog.tsx';
import { StateLabel } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { dataOf, useCall } from '../../../state/use-call.ts';
import { durationWords } from '../words.ts';
import type { TunnelDialogProps } from './edit-dialog.tsx';

const steps = ['service', 'gateway', 'roundTrip'] as const;
const timeoutMs = 30_000;

/** Tries the way, step by step: the local service, the gateway, a request from outside. */
export function TestDialog(props: TunnelDialogProps) {
  const [attempt, setAttempt] = useState(0);
  return <Attempt key={attempt} {...props} onAgain={() => setAttempt(attempt + 1)} />;
}

function Attempt({ tunnel, ownId, onClose, onAgain }: TunnelDialogProps & { readonly onAgain: () => void }) {
  const { t } = useTranslation('tunnels');
  const { t: common } = useTranslation('common');
  const nodeId = tunnel.nodeId === ownId ? undefined : tunnel.nodeId;
  const { state } = useCall('tunnels.test', { tunnelId: tunnel.tunnelId }, { timeoutMs, nodeId });
  const results = dataOf(state)?.steps;
  const failed = results?.some(({ ok }) => !ok) === true;
  return (
    <Dialog title={t('testTitle', { name: tunnel.agentId })} opened onClose={onClose} closeLabel={common('close')} widthPx={480}>
      <div className="sb-form">
        <ol className="tu-steps" aria-label={t('testSteps')}>
          {steps.map((step) => {
            const result = results?.find((known) => known.step === step);
            return (
              <li key={step}>
                <div className="sb-flex">
                  {result === undefined ? (
                    state.kind === 'loading' ? (
                      <StateLabel kind="running">{t(`step_${step}`)}</StateLabel>
                    ) : (
                      <StateLabel kind="unknown">{t(`step_${step}`)}</StateLabel>
                    )
                  ) : (
                    <StateLabel kind={result.ok ? 'online' : 'failed'}>{t(`step_${step}`)}</StateLabel>
                  )}
                  <span className="sb-grow" />
                  {result?.ms != null && <span className="sb-num sb-3">{durationWords(result.ms)}</span>}
                </div>
                {result !== undefined && <p className="sb-2 sb-select">{result.detail}</p>}
                {result === undefined && results !== undefined && <p className="sb-3">{t('stepNotTried')}</p>}
              </li>
            );
          })}
        </ol>
        <div role="status">
          {state.kind === 'error' ? (
            <StateLabel kind="failed">{state.error.message}</StateLabel>
          ) : (
            results !== undefined && (failed ? t('testFailed') : t('testPassed'))
          )}
        </div>
        <div className="sb-flex">
          <span className="sb-grow" />
          <Button variant="default" onClick={onAgain} disabled={state.kind === 'loading'}>
            {t('testAgain')}
          </Button>
          <Button onClick={onClose} data-autofocus>
            {common('close')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
