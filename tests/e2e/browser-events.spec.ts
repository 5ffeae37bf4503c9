/** The Events screen in a browser, against a headless node. */
import { openBrowser } from '../helpers/console.ts';
import { describeEvents } from './events-scenarios.ts';

describeEvents(openBrowser);
