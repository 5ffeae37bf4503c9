/** The RPC screen in a browser, against a headless node. */
import { openBrowser } from '../helpers/console.ts';
import { describeRpc, describeSilentNode } from './rpc-scenarios.ts';

describeRpc(openBrowser);
describeSilentNode(openBrowser);
