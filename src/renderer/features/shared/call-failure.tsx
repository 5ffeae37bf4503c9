import type { SignalboxError } from '../../../common/errors.ts';
import { Button } from '../../design/controls/index.ts';
import { copyText } from '../../design/copy-text.ts';
import { ErrorPanel } from '../../design/feedback/states.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { useNode } from '../../state/node.ts';
import { trustAdvice } from './trust-words.ts';

/** A part of a screen that could not be read: what failed, the facts, and what can be done. Replaces only that part. */
export function CallFailure(props: {
  readonly title: string;
  readonly error: SignalboxError;
  readonly call: string;
  /** Name of the node that was asked; the own one when absent. */
  readonly node?: string;
  /** What a person can do about it, after what the error says. */
  readonly hint?: string;
  readonly onRetry: () => void;
}) {
  const { t } = useTranslation('common');
  const own = useNode(({ status }) => status?.name) ?? t('thisNode');
  const facts = [
    [t('error.code'), props.error.code],
    [t('error.node'), props.node ?? own],
    [t('error.call'), props.call],
  ] as const;
  const details = () => [props.title, props.error.message, ...facts.map((fact) => fact.join(': '))].join('\n');
  return (
    <ErrorPanel
      title={props.title}
      meaning={[props.error.message, props.hint ?? trustAdvice(t, props.error.code)].filter(Boolean).join(' ')}
      facts={facts}
      acts={
        <>
          <Button onClick={props.onRetry}>{t('tryAgain')}</Button>
          <Button variant="default" onClick={() => void copyText(details())}>
            {t('copyDetails')}
          </Button>
        </>
      }
    />
  );
}
