import { useState } from 'react';
import { SignalboxError } from '../../../common/errors.ts';
import { useTranslation } from '../../i18n/index.ts';

export interface Attempt {
  readonly working: boolean;
  /** Why the last one failed, in words. */
  readonly problem: string | undefined;
  run(act: () => Promise<void>): void;
  /** Says why nothing was sent. */
  refuse(why: string): void;
}

/** Runs one attempt to sign in at a time and turns its failure into words. */
export function useAttempt(refused: string): Attempt {
  const { t } = useTranslation('signIn');
  const [working, setWorking] = useState(false);
  const [problem, setProblem] = useState<string>();
  const wordsOf = (error: unknown): string => {
    if (!(error instanceof SignalboxError)) return t('unreachable');
    const seconds = (error.data as { readonly retryAfterSeconds?: number } | undefined)?.retryAfterSeconds;
    if (error.code === 'UNAUTHENTICATED') return refused;
    if (error.code === 'NODE_UNREACHABLE') return t('unreachable');
    return seconds === undefined ? error.message : t('limited', { seconds });
  };
  return {
    working,
    problem,
    refuse: setProblem,
    run: (act) => {
      setWorking(true);
      setProblem(undefined);
      act().catch((error: unknown) => {
        setWorking(false);
        setProblem(wordsOf(error));
      });
    },
  };
}
