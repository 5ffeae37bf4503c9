/** The Overview in the window of the application. */
import { openWindow } from '../helpers/console.ts';
import { describeOverview } from './overview-scenarios.ts';

describeOverview(openWindow);
