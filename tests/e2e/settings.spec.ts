/** The settings in the window of the application. */
import { openWindow } from '../helpers/console.ts';
import { describeSettings } from './settings-scenarios.ts';

describeSettings(openWindow);
