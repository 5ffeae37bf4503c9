/** A running node of the demo, as people and its traffic reach it. */
export interface DemoNode {
  readonly nodeId: string;
  readonly name: string;
  readonly url: string;
  /** Makes the first administrator. */
  readonly setupUrl: string;
  readonly dataFolder: string;
}
