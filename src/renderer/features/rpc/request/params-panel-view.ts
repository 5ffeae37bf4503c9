import { useRpc } from '../state/rpc-store.ts';
import { keepScreen } from '../state/workspace.ts';

/** Switches between the text and the form of the params. */
export function showParamsAs(paramsView: 'json' | 'form'): void {
  useRpc.setState({ paramsView });
  keepScreen();
}
