/** The Tunnels screen in the window of the application, over a real gateway. */
import { openWindow } from '../helpers/console.ts';
import { describeTunnels, ownNode } from './tunnels-scenarios.ts';

describeTunnels(() => openWindow(ownNode));
