/** Identity and trust in the window of the application. */
import { openWindow } from '../helpers/console.ts';
import { describeTrust } from './trust-scenarios.ts';

describeTrust(openWindow);
