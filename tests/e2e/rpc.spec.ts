/** The RPC screen in the window of the application. */
import { openWindow } from '../helpers/console.ts';
import { describeRpc } from './rpc-scenarios.ts';

describeRpc(openWindow);
