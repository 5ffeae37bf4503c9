import type { NodeClient } from '../../../common/client/node-client.ts';

/** A running node of the demo, as people and its traffic reach it. */
export interface DemoNode {
  readonly nodeId: string;
  readonly name: string;
  readonly url: string;
  /** Makes the first administrator. */
  readonly setupUrl: string;
  readonly dataFolder: string;
}

/** Somebody who is signed in at a node. */
export interface DemoVisitor {
  readonly node: DemoNode;
  readonly client: NodeClient;
}
