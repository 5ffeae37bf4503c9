/** The frame in the window of the application. */
import { openWindow } from '../helpers/console.ts';
import { describeFrame } from './frame-scenarios.ts';

describeFrame(openWindow);
