import { useMemo, useState } from 'react';
import { goTo } from '../../../app/routes.ts';
import { Button, SegmentedControl, Select } from '../../../design/controls/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatBytes, formatDuration } from '../../../state/format.ts';
import type { NodeGrid, NodeRow } from '../model/node-grid.ts';
import { targetOfNode } from '../model/target.ts';
import { usualAnswer } from '../model/usual-value.ts';
import type { Run } from '../state/run.ts';
import { openMethod } from '../state/tabs.ts';
import { DiffList } from './diff-list.tsx';
import { whyEmpty } from './error-words.ts';
import { NodeRowState } from './node-row-state.tsx';
import { ResultJson } from './result-json.tsx';

type View = 'answer' | 'differences';
/** Compared with what most nodes say; any other choice is a node. */
const most = 'most';

interface NodeDetailProps {
  readonly row: NodeRow;
  readonly run: Run;
  readonly grid: NodeGrid;
  /** Members for which the grid has no room. */
  readonly hiddenColumns: number;
  readonly nameOf: (nodeId: string) => string;
}

/** One node's part of a gathered answer: whole, or compared with the others. */
export function NodeDetail(props: NodeDetailProps) {
  const { t } = useTranslation('rpc');
  const { row, run, grid, hiddenColumns, nameOf } = props;
  const [view, setView] = useState<View>('answer');
  const others = useMemo(() => grid.rows.filter((known) => known.state === 'ok' && known.nodeId !== row.nodeId), [grid, row.nodeId]);
  const [wanted, setWanted] = useState(most);
  // With one other answer there is no majority: that one is what to compare with.
  const single = others.length === 1 ? others[0]?.nodeId : undefined;
  const against = single ?? (others.some((other) => other.nodeId === wanted) ? wanted : most);
  const bytes = useMemo(() => new TextEncoder().encode(JSON.stringify(row.data) ?? '').byteLength, [row.data]);
  const facts = [row.afterMs === undefined ? undefined : formatDuration(row.afterMs), row.state === 'ok' ? formatBytes(bytes) : undefined];
  const compares = row.state === 'ok' && others.length > 0;
  return (
    <>
      <div className="sb-subbar sb-rpc-detail">
        <b className="sb-clip">{nameOf(row.nodeId)}</b>
        <NodeRowState row={row} />
        <span className="sb-3 sb-num">{facts.filter((fact) => fact !== undefined).join(' · ')}</span>
        <span className="sb-grow" />
        {hiddenColumns > 0 && view === 'answer' && <span className="sb-3 sb-clip">{t('hiddenColumns', { count: hiddenColumns })}</span>}
        {grid.differing.size > 0 && <span className="sb-3 sb-clip">{t('differs')}</span>}
        {compares && view === 'differences' && (
          <Select
            size="xs"
            aria-label={t('compareWith')}
            className="sb-rpc-compare"
            value={against}
            data={[
              ...(single === undefined ? [{ value: most, label: t('compareMost') }] : []),
              ...others.map(({ nodeId }) => ({ value: nodeId, label: nameOf(nodeId) })),
            ]}
            onChange={(value) => setWanted(value ?? most)}
            comboboxProps={{ width: 'max-content', position: 'bottom-end' }}
          />
        )}
        {compares && (
          <SegmentedControl
            aria-label={t('detailView')}
            size="xs"
            value={view}
            data={[
              { value: 'answer', label: t('result') },
              { value: 'differences', label: t('differences') },
            ]}
            onChange={(value) => setView(value as View)}
          />
        )}
      </div>
      {row.state === 'ok' && (view === 'answer' || !compares) && <ResultJson data={row.data} bytes={bytes} name={nameOf(row.nodeId)} />}
      {row.state === 'ok' && view === 'differences' && compares && <Differences {...props} others={others} against={against} />}
      {row.state !== 'ok' && <NoAnswer row={row} run={run} name={nameOf(row.nodeId)} />}
    </>
  );
}

function Differences(props: NodeDetailProps & { readonly others: readonly NodeRow[]; readonly against: string }) {
  const { t } = useTranslation('rpc');
  const { row, grid, against, others, nameOf } = props;
  const before = useMemo(() => {
    if (against !== most) return others.find((other) => other.nodeId === against)?.data;
    const answers = grid.rows.filter((known) => known.state === 'ok').map((known) => known.data);
    return usualAnswer(answers, row.data);
  }, [grid, row, others, against]);
  const name = nameOf(row.nodeId);
  const other = nameOf(against);
  const words =
    against === most
      ? { same: t('sameAsMost', { name }), count: (count: number) => t('differsFromMost', { count, name }), was: t('mostHave') }
      : {
          same: t('sameAsNode', { name, other }),
          count: (count: number) => t('differsFromNode', { count, name, other }),
          was: t('otherHas', { other }),
        };
  return <DiffList before={before} after={row.data} same={words.same} count={words.count} was={(value) => `${words.was} ${value}`} />;
}

function NoAnswer({ row, run, name }: { readonly row: NodeRow; readonly run: Run; readonly name: string }) {
  const { t } = useTranslation('rpc');
  const why = whyEmpty(t, row, run, name);
  if (why === undefined) return null;
  return (
    <div className="sb-scroll sb-rpc-noanswer">
      <p>{why}</p>
      <div className="sb-flex">
        <Button
          variant="default"
          onClick={() => {
            openMethod(run.method, run.text, targetOfNode(row.nodeId, run.asked));
          }}
        >
          {t('openForNode', { name })}
        </Button>
        <button type="button" className="sb-link" onClick={() => goTo('nodes', { node: row.nodeId })}>
          {t('openNode')}
        </button>
      </div>
    </div>
  );
}
