import { type ReactNode, useEffect, useState } from 'react';
import type { AskProgress } from '../../../../common/contract/joining.ts';
import { Button } from '../../../design/controls/index.ts';
import { StateShape } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatAge } from '../../../state/format.ts';
import { useNode } from '../../../state/node.ts';

/** An attempt that runs: with whom, and what happens meanwhile. */
export function Working(props: {
  readonly title: string;
  readonly detail: string;
  readonly expiresAt?: number;
  readonly onCancel: () => void;
}) {
  return (
    <div className="jn-form">
      <p className="sb-flex jn-working" role="status">
        <StateShape kind="running" />
        <b>{props.title}</b>
      </p>
      <p className="sb-2 jn-help">{props.detail}</p>
      {props.expiresAt !== undefined && <Countdown expiresAt={props.expiresAt} />}
      <CancelRow onCancel={props.onCancel} />
    </div>
  );
}

/** Six digits to read out, then the question whether the admin was the one who typed them (security.md 2.4). */
export function Asking(props: { readonly progress: AskProgress; readonly onAccept: () => void; readonly onCancel: () => void }) {
  const { t } = useTranslation('join');
  const name = useNode(({ status }) => status?.name) ?? '';
  const [accepted, setAccepted] = useState(false);
  const { progress } = props;
  if (progress.step === 'number')
    return (
      <div className="jn-form">
        <p>
          <b>{t('number')}</b>
        </p>
        <p className="jn-number sb-select">
          <span>{progress.number.slice(0, 3)}</span> <span>{progress.number.slice(3)}</span>
        </p>
        <Countdown expiresAt={progress.expiresAt} />
        <p className="sb-2 jn-help">{t('numberHelp', { name })}</p>
        <CancelRow onCancel={props.onCancel} />
      </div>
    );
  const { cluster, by } = progress;
  return (
    <div className="jn-form">
      <p>
        <b>{t('accept', { name: by.name, cluster })}</b>
      </p>
      <p className="jn-words sb-select">
        {by.fingerprint.words.map((word, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a word can stand there twice, and the order is the meaning
          <span key={at}>{word}</span>
        ))}
      </p>
      <Countdown expiresAt={progress.expiresAt} />
      <p className="sb-2 jn-help">{t('acceptHelp')}</p>
      <CancelRow label={t('acceptNo')} onCancel={props.onCancel}>
        <Button
          loading={accepted}
          onClick={() => {
            setAccepted(true);
            props.onAccept();
          }}
        >
          {t('acceptVerb', { cluster })}
        </Button>
      </CancelRow>
    </div>
  );
}

function CancelRow(props: { readonly onCancel: () => void; readonly label?: string; readonly children?: ReactNode }) {
  const { t } = useTranslation('common');
  return (
    <div className="sb-flex jn-end">
      <Button variant="default" data-autofocus onClick={props.onCancel}>
        {props.label ?? t('cancel')}
      </Button>
      {props.children}
    </div>
  );
}

/** `48 s left`. Not read out each second: the end is told by what follows it. */
function Countdown({ expiresAt }: { readonly expiresAt: number }) {
  const { t } = useTranslation('join');
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const leftMs = expiresAt - nowMs;
  return <p className="sb-3 sb-num">{leftMs > 0 ? t('timeLeft', { time: formatAge(leftMs) }) : t('timeOver')}</p>;
}
