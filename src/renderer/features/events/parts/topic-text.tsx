import type { ReactNode } from 'react';
import { useNodeNames } from '../../../state/node-names.ts';
import { partsOf } from '../model/topic-words.ts';

/** A topic as a cell of a row: another node by its name in front of the path. Not a component, as rows ask. */
export function topicCell(topic: string, origin: string, nameOf: (nodeId: string) => string): ReactNode {
  return <span className="sb-mono">{words(topic, origin, nameOf)}</span>;
}

/** The topic of one event in a title. */
export function TopicText({ topic, origin }: { readonly topic: string; readonly origin: string }) {
  return words(topic, origin, useNodeNames());
}

function words(topic: string, origin: string, nameOf: (nodeId: string) => string): ReactNode {
  const { identity, path } = partsOf(topic);
  if (identity === undefined) return topic;
  return (
    <>
      <span className="sb-events-node">{nameOf(origin)}</span>
      {path}
    </>
  );
}
