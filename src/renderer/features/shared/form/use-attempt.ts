import { useState } from 'react';
import { asSignalboxError } from '../../../state/as-signalbox-error.ts';

export interface Attempt {
  readonly working: boolean;
  /** Why the last attempt failed, in the node's words. */
  readonly failure: string | undefined;
  /** Runs an act; what it throws is shown in the dialog, which stays open. */
  readonly run: (act: () => Promise<void>) => Promise<void>;
}

/** An act that a dialog begins and waits for. */
export function useAttempt(): Attempt {
  const [state, setState] = useState<Omit<Attempt, 'run'>>({ working: false, failure: undefined });
  const run = async (act: () => Promise<void>) => {
    setState({ working: true, failure: undefined });
    try {
      await act();
      setState({ working: false, failure: undefined });
    } catch (error) {
      setState({ working: false, failure: asSignalboxError(error).message });
    }
  };
  return { ...state, run };
}
