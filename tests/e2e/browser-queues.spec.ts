/** The Queues screen in a browser, over a real broker. */
import { openBrowser } from '../helpers/console.ts';
import { describeQueues, ownNode } from './queues-scenarios.ts';

describeQueues(() => openBrowser(ownNode));
