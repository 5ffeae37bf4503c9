import { useState } from 'react';
import type { LedgerConfirmation } from '../../../../common/contract/ledger.ts';
import { Button } from '../../../design/controls/index.ts';
import { StateLabel, StateShape } from '../../../design/icons/index.ts';
import { Strip } from '../../../design/layout/bars.tsx';
import { ScrollArea } from '../../../design/layout/scroll-area.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatCount, formatTime } from '../../../state/format.ts';
import { useNode } from '../../../state/node.ts';
import { useCall } from '../../../state/use-call.ts';
import { openLedgerDialog } from '../ledger-dialogs.ts';
import { verdictShapes } from '../words.ts';
import type { EntryTabProps } from './entry-tab-props.ts';

/** Nodes that do not answer are waited for. */
const timeoutMs = 30_000;

/** Asks the other nodes whether they hold the very same entry, and shows what each says under its signature. */
export function ConfirmationsTab(props: EntryTabProps) {
  const [attempt, setAttempt] = useState(0);
  return <Asked key={attempt} {...props} onAgain={() => setAttempt(attempt + 1)} />;
}

function Asked({ detail, onAgain }: EntryTabProps & { readonly onAgain: () => void }) {
  const { t } = useTranslation('ledger');
  const connected = useNode(({ connection }) => connection.kind === 'connected');
  const { chainId, number, height } = detail.entry;
  const { state } = useCall('ledger.confirm', { chain: chainId, number }, { timeoutMs });
  const answers = state.kind === 'ready' || state.kind === 'stale' ? state.data.confirmations : undefined;
  return (
    <>
      {answers !== undefined && <Sum answers={answers} />}
      <ScrollArea label={t('tab_confirmations')}>
        {state.kind === 'loading' && (
          <p className="sb-sec" role="status">
            <StateLabel kind="running">{t('askingPeers')}</StateLabel>
          </p>
        )}
        {state.kind === 'error' && (
          <p className="sb-sec" role="alert">
            <StateLabel kind="failed">{state.error.message}</StateLabel>
          </p>
        )}
        {answers !== undefined && answers.length === 0 && <p className="sb-sec sb-2 le-text">{t('noPeers')}</p>}
        <ul className="le-answers">
          {answers?.map((answer) => (
            <Answer key={answer.nodeId} answer={answer} chainId={chainId} height={height} />
          ))}
        </ul>
        <div className="sb-sec">
          <Button variant="default" disabled={!connected || state.kind === 'loading'} onClick={onAgain}>
            {t('askAgain')}
          </Button>
        </div>
      </ScrollArea>
    </>
  );
}

/** `2 of 3 nodes hold the very same entry.` Red where one differs. */
function Sum({ answers }: { readonly answers: readonly LedgerConfirmation[] }) {
  const { t } = useTranslation('ledger');
  if (answers.length === 0) return null;
  const same = answers.filter(({ verdict }) => verdict === 'same').length;
  const differ = answers.filter(({ verdict }) => verdict === 'differs').length;
  return (
    <Strip
      tone={differ > 0 ? 'crit' : 'mode'}
      icon={<StateShape kind={differ > 0 ? 'invalid' : same > 0 ? 'valid' : 'unknown'} />}
      fact={t('confirmedBy', { same, count: answers.length })}
    >
      {differ > 0 && t('someDiffer', { count: differ })}
    </Strip>
  );
}

interface AnswerProps {
  readonly answer: LedgerConfirmation;
  readonly chainId: string;
  readonly height: number;
}

function Answer({ answer, chainId, height }: AnswerProps) {
  const { t } = useTranslation('ledger');
  const { nodeId, name, verdict, hash, message, answeredAt, signature } = answer;
  return (
    <li className="sb-sec">
      <div className="sb-flex">
        <b className="sb-clip le-strong">{name}</b>
        <StateLabel kind={verdictShapes[verdict]}>{t(`verdict_${verdict}`)}</StateLabel>
        <span className="sb-grow" />
        {signature !== null && (
          <span className="sb-state sb-3" title={signature}>
            <StateShape kind="valid" />
            {t('answerSigned')}
          </span>
        )}
      </div>
      <p className="sb-3 sb-num le-text">
        {[
          ...(answeredAt === null ? [] : [t('answeredAt', { time: formatTime(answeredAt, { milliseconds: true }) })]),
          ...(answer.height === null ? [] : [t('reachesTo', { height: formatCount(answer.height) })]),
        ].join(' · ')}
      </p>
      {message !== null && <p className="sb-2 le-text sb-select">{message}</p>}
      {hash !== null && <code className="sb-mono sb-3 sb-select le-hash">{hash}</code>}
      {verdict === 'differs' && (
        <button type="button" className="sb-link" onClick={() => openLedgerDialog({ kind: 'difference', chainId, nodeId, height })}>
          {t('showDifference')}
        </button>
      )}
    </li>
  );
}
