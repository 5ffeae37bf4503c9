import type { ReactNode } from 'react';
import { SignalboxError } from '../../../../common/errors.ts';
import { IconChevronDown, IconChevronRight, IconPlus, StateShape } from '../../../design/icons/index.ts';
import { NodeShape } from '../../../design/icons/node-shape.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatCount } from '../../../state/format.ts';
import { useNodeNames } from '../../../state/node-names.ts';
import { addSubscription } from '../acts.ts';
import type { ClusterLine } from '../model/cluster-topics.ts';
import { maxRemoteTopics } from '../model/cluster-topics.ts';
import { shortValue, type TopicRow } from '../model/topic-tree.ts';

/** How long a line that changed keeps its ground (look.md section 3). */
const flashMs = 400;
const indentPx = 14;

export interface TreeLineProps {
  readonly line: ClusterLine;
  readonly nowMs: number;
  /** The list is narrowed to this line. */
  readonly narrowed: boolean;
  /** No subscription takes it in: it can be subscribed from here. */
  readonly offered: boolean;
  readonly onToggle: (open: boolean) => void;
}

/** One line of the topic tree: a node, a topic or level, or why there is none. */
export function TreeLine({ line, nowMs, narrowed, offered, onToggle }: TreeLineProps) {
  return (
    <span className="sb-tree-cells" style={{ paddingLeft: line.depth * indentPx }} data-narrowed={narrowed || undefined}>
      <Twist expanded={line.expanded} onToggle={onToggle} />
      {line.kind === 'node' && <NodeCells line={line} />}
      {line.kind === 'every' && <EveryCells />}
      {line.kind === 'topic' && <TopicCells row={line.row} nowMs={nowMs} offered={offered} />}
      {line.kind === 'note' && <NoteCells line={line} />}
    </span>
  );
}

function Twist({ expanded, onToggle }: { readonly expanded: boolean | undefined; readonly onToggle: (open: boolean) => void }) {
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the pointer's way; the keyboard has Right and Left
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the tree
    <span
      className="sb-tree-twist"
      onClick={(event) => {
        if (expanded === undefined) return;
        event.stopPropagation();
        onToggle(!expanded);
      }}
    >
      {expanded === true && <IconChevronDown size={12} stroke={1.8} />}
      {expanded === false && <IconChevronRight size={12} stroke={1.8} />}
    </span>
  );
}

function NodeCells({ line }: { readonly line: Extract<ClusterLine, { kind: 'node' }> }) {
  const { t } = useTranslation('events');
  const { node, count } = line;
  const name = useNodeNames()(node.nodeId);
  return (
    <>
      <NodeShape node={node} />
      <span className="sb-tree-node sb-clip" title={node.nodeId}>
        {name}
      </span>
      <span className="sb-tree-value sb-clip">{node.status !== 'online' && t(`node_${node.status}`)}</span>
      <span className="sb-num sb-3 sb-tree-count">{count === 0 ? '' : formatCount(count)}</span>
    </>
  );
}

function EveryCells() {
  const { t } = useTranslation('events');
  return (
    <>
      <span className="sb-tree-node sb-clip">{t('everyNodeTitle')}</span>
      <span className="sb-tree-value" />
    </>
  );
}

function TopicCells({ row, nowMs, offered }: { readonly row: TopicRow; readonly nowMs: number; readonly offered: boolean }) {
  const fresh = nowMs - row.changedAtMs < flashMs;
  return (
    <>
      <span className="sb-mono sb-clip">{row.label}</span>
      {/* The key changes with the value, so that the ground flashes once for each. */}
      <span key={fresh ? row.changedAtMs : 0} className={fresh ? 'sb-tree-value sb-flash sb-clip' : 'sb-tree-value sb-clip'}>
        {row.expanded === true ? '' : shortValue(row.lastValue)}
      </span>
      {offered && <Offer filter={row.filter} />}
      <span className="sb-num sb-3 sb-tree-count">{formatCount(row.count)}</span>
    </>
  );
}

/** Subscribes with one click. */
function Offer({ filter }: { readonly filter: string }) {
  const { t } = useTranslation('events');
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the pointer's way; the keyboard has the menu of the line
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the tree
    <span
      className="sb-tree-offer"
      title={t('subscribeTo', { topic: filter })}
      onClick={(event) => {
        event.stopPropagation();
        addSubscription(filter);
      }}
    >
      <IconPlus size={12} stroke={1.8} />
    </span>
  );
}

function NoteCells({ line }: { readonly line: Extract<ClusterLine, { kind: 'note' }> }): ReactNode {
  const { t } = useTranslation('events');
  const { note } = line;
  const name = line.node?.name ?? '';
  if (note instanceof SignalboxError) {
    return (
      <>
        <StateShape kind="failed" />
        <span className="sb-tree-note sb-clip" title={note.message}>
          {note.message}
        </span>
      </>
    );
  }
  const text = note === 'omitted' ? t('branch_omitted', { most: formatCount(maxRemoteTopics) }) : t(`branch_${note}`, { name });
  return (
    <>
      {note === 'reading' && <StateShape kind="running" />}
      <span className="sb-tree-note sb-clip" title={text}>
        {text}
      </span>
    </>
  );
}
