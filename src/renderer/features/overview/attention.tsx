import type { ReactNode } from 'react';
import type { Problem } from '../../../common/contract/node.ts';
import { goTo, goToPath, viewOf } from '../../app/routes.ts';
import { IconAlertTriangle, type StateKind, StateShape } from '../../design/icons/index.ts';
import { useTranslation } from '../../i18n/index.ts';
import { formatAge, formatCount, formatDuration, formatTime } from '../../state/format.ts';
import { worstFirst } from '../shared/model/problems.ts';
import { behindForMs, healthShapes, isBehind } from '../shared/queues/health.ts';
import type { GroupTrouble } from '../shared/queues/troubled-groups.ts';
import { openNode } from '../shared/topology/open-node.ts';
import type { ClusterConcern } from './model/attention.ts';

/** Lines shown; the Nodes view has them all. */
const mostLines = 8;
/** Nodes named in one line. */
const mostNames = 3;

interface Line {
  readonly id: string;
  readonly tone: 'crit' | 'warn' | 'note';
  readonly shape: StateKind;
  readonly fact: ReactNode;
  readonly detail: string | undefined;
  readonly act: ReactNode;
}

/**
 * What needs a person, worst first; one calm line when nothing does.
 *
 * @param props.problems of the node that is looked at
 * @param props.nodeId that node; undefined for the own one, which alone has views for its problems
 * @param props.concerns about the other nodes of the cluster
 */
export function Attention(props: {
  readonly problems: readonly Problem[];
  readonly nodeId?: string | undefined;
  readonly concerns: readonly ClusterConcern[];
  readonly calmDetail: string;
  readonly nowMs: number;
}) {
  const { t } = useTranslation('overview');
  const own = useNodeLines(props.problems, props.nodeId, props.nowMs);
  const others = useConcernLines(props.concerns, props.nowMs);
  const lines = [...own, ...others].toSorted((a, b) => tones.indexOf(a.tone) - tones.indexOf(b.tone));
  const [worst] = lines;
  if (worst === undefined)
    return (
      <div className="sb-part-head ov-calm">
        <StateShape kind="online" />
        <span>{t('calm')}</span>
        <span className="sb-3 sb-clip">{props.calmDetail}</span>
      </div>
    );
  return (
    <section aria-labelledby="ov-attention">
      <div className="sb-part-head">
        <IconAlertTriangle size={16} stroke={1.5} className={toneClasses[worst.tone]} />
        <h2 id="ov-attention" className="sb-h">
          {t('attention', { count: lines.length })}
        </h2>
      </div>
      <ul className="ov-problems">
        {lines.slice(0, mostLines).map((line) => (
          <li key={line.id} className={`ov-problem ${line.tone}`}>
            <StateShape kind={line.shape} />
            <div className="sb-grow">
              {line.fact}
              {line.detail !== undefined && <div className="sb-2">{line.detail}</div>}
            </div>
            {line.act}
          </li>
        ))}
        {lines.length > mostLines && (
          <li className="ov-problem note">
            <span className="sb-grow sb-2">{t('moreConcerns', { count: lines.length - mostLines })}</span>
            <Link onClick={() => goTo('nodes')}>{t('openNodes')}</Link>
          </li>
        )}
      </ul>
    </section>
  );
}

const tones: readonly Line['tone'][] = ['crit', 'warn', 'note'];
const toneClasses: Record<Line['tone'], string> = { crit: 'sb-crit', warn: 'sb-warn', note: 'sb-3' };
const problemShapes: Record<Problem['severity'], StateKind> = { crit: 'failed', warn: 'warn' };

function useNodeLines(problems: readonly Problem[], nodeId: string | undefined, nowMs: number): readonly Line[] {
  const { t } = useTranslation('overview');
  const actOf = (view: string | null) => {
    if (nodeId !== undefined) return <Link onClick={() => openNode(nodeId)}>{t('openNode')}</Link>;
    if (view === null || viewOf(view) === 'overview') return null;
    return <Link onClick={() => goToPath(view)}>{t('openView', { view: t(`view_${viewOf(view)}`) })}</Link>;
  };
  return problems.toSorted(worstFirst).map(({ id, severity, title, detail, sinceMs, view }) => ({
    id,
    tone: severity,
    shape: problemShapes[severity],
    fact: (
      <>
        <b>{title}</b> <span className="sb-num">· {t('since', { age: formatAge(nowMs - sinceMs) })}</span>
      </>
    ),
    detail,
    act: actOf(view),
  }));
}

function useConcernLines(concerns: readonly ClusterConcern[], nowMs: number): readonly Line[] {
  const { t } = useTranslation('overview');
  const nodeLink = (nodes: readonly { readonly nodeId: string }[]) => {
    const [only] = nodes;
    return nodes.length === 1 && only !== undefined ? (
      <Link onClick={() => openNode(only.nodeId)}>{t('openNode')}</Link>
    ) : (
      <Link onClick={() => goTo('nodes')}>{t('openNodes')}</Link>
    );
  };
  const names = (nodes: readonly { readonly name: string }[]) => {
    const named = nodes.slice(0, mostNames).map(({ name }) => name);
    return nodes.length > mostNames ? t('namesAndMore', { names: named.join(', '), count: nodes.length - mostNames }) : named.join(', ');
  };
  const lineOf = (concern: ClusterConcern): Line => {
    switch (concern.kind) {
      case 'problem': {
        const { problem, nodes } = concern;
        return {
          id: `${problem.id} ${nodes[0]?.nodeId} ${problem.title}`,
          tone: problem.severity,
          shape: problemShapes[problem.severity],
          fact: (
            <>
              <b>{names(nodes)}</b>: {problem.title}{' '}
              <span className="sb-num">· {t('since', { age: formatAge(nowMs - problem.sinceMs) })}</span>
            </>
          ),
          detail: undefined,
          act: nodeLink(nodes),
        };
      }
      case 'queues':
        return {
          id: `queues ${concern.group.groupId}`,
          tone: concern.health === 'unwritable' ? 'crit' : 'warn',
          shape: healthShapes[concern.health],
          fact: (
            <>
              <b>{t('queuesOf', { group: concern.group.groupId, count: concern.group.queues })}</b> {queueTroubleWords(t, concern)}
            </>
          ),
          detail: undefined,
          act: <Link onClick={() => goTo('queues', { group: concern.group.groupId })}>{t('openView', { view: t('view_queues') })}</Link>,
        };
      case 'silent':
        return {
          id: `silent ${concern.node.nodeId}`,
          tone: 'warn',
          shape: 'warn',
          fact: (
            <>
              <b>{concern.node.name}</b> {t('silentFor', { age: formatAge(concern.silentMs) })}
            </>
          ),
          detail: undefined,
          act: nodeLink([concern.node]),
        };
      case 'unknown':
        return {
          id: 'unknown',
          tone: 'note',
          shape: 'unknown',
          fact: (
            <>
              <b>{names(concern.nodes)}</b> {t('unknownNow')}
            </>
          ),
          detail: undefined,
          act: nodeLink(concern.nodes),
        };
      case 'offline':
        return {
          id: `offline ${concern.node.nodeId}`,
          tone: 'note',
          shape: 'offline',
          fact: (
            <>
              <b>{concern.node.name}</b>{' '}
              {concern.node.lastSeenAt === null ? t('offlineNow') : t('offlineSince', { time: formatTime(concern.node.lastSeenAt) })}
            </>
          ),
          detail: undefined,
          act: nodeLink([concern.node]),
        };
    }
  };
  return concerns.map(lineOf);
}

/** Why the queues of a group need a person: why nothing can be written, else which replica is away or how far behind. */
function queueTroubleWords(t: ReturnType<typeof useTranslation<'overview'>>['t'], { group, health }: GroupTrouble): string {
  if (health === 'unwritable') return t('queuesUnwritable', { reason: group.whyNotWritable ?? t('queuesNoLeader') });
  const voters = group.members.filter(({ role }) => role !== 'learner');
  const away = voters.find(({ status, impaired }) => status === 'inactive' || impaired);
  if (away !== undefined) return t(away.impaired ? 'queuesImpaired' : 'queuesAway', { name: away.name });
  const [behind] = voters.filter((member) => isBehind(member, group)).toSorted((a, b) => (b.lag ?? 0) - (a.lag ?? 0));
  if (behind === undefined) return '';
  return t('queuesBehind', { name: behind.name, lag: formatCount(behind.lag ?? 0), span: formatDuration(behindForMs(behind, group)) });
}

function Link(props: { readonly onClick: () => void; readonly children: ReactNode }) {
  return (
    <button type="button" className="sb-link" onClick={props.onClick}>
      {props.children}
    </button>
  );
}
