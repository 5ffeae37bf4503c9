/** The Nodes screen in a browser, among real nodes. */
import { openBrowserInCluster } from '../helpers/console-cluster.ts';
import { describeNodes } from './nodes-scenarios.ts';

describeNodes(openBrowserInCluster);
