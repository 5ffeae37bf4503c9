/** The Events screen in the window of the application. */
import { openWindow } from '../helpers/console.ts';
import { describeEvents } from './events-scenarios.ts';

describeEvents(openWindow);
