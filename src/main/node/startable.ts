/** A part of the node with a life of its own. `stop` drains, then closes; it may be called when `start` failed, and twice. */
export interface Startable {
  start(): Promise<void>;
  stop(): Promise<void>;
}
