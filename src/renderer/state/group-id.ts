import { isNodeId } from '../../common/ids.ts';

/** A long id in groups of four, as people read and compare it. */
export function groupId(id: string): string {
  return id.match(/.{1,4}/g)?.join(' ') ?? id;
}

/** The two ends of a node's id in groups of four: ids are cut in the middle (look.md section 5). Another system's id is whole. */
export function elideId(nodeId: string): string {
  return isNodeId(nodeId) ? `${groupId(nodeId.slice(0, 8))} … ${groupId(nodeId.slice(-8))}` : nodeId;
}
