/** The Queues screen in the window of the application, over a real broker. */
import { openWindow } from '../helpers/console.ts';
import { describeQueues, ownNode } from './queues-scenarios.ts';

describeQueues(() => openWindow(ownNode));
