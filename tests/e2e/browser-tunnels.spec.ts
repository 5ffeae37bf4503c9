/** The Tunnels screen in a browser, over a real gateway. */
import { openBrowser } from '../helpers/console.ts';
import { describeTunnels, ownNode } from './tunnels-scenarios.ts';

describeTunnels(() => openBrowser(ownNode));
