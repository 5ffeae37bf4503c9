/** The Overview in a browser, against a headless node. */
import { openBrowser } from '../helpers/console.ts';
import { describeOverview } from './overview-scenarios.ts';

describeOverview(openBrowser);
