import type { ReactNode } from 'react';
import type { SignalboxError } from '../../../../common/errors.ts';
import { Loading } from '../../../design/feedback/states.tsx';
import { IconAlertTriangle } from '../../../design/icons/index.ts';
import { Strip } from '../../../design/layout/bars.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatAge } from '../../../state/format.ts';
import { useNode } from '../../../state/node.ts';
import type { ViewCall } from '../../../state/use-call.ts';
import { CallFailure } from '../../shared/call-failure.tsx';
import { nodeFailure } from './model/node-failure.ts';

interface Answer {
  readonly asked: number;
  readonly answered: number;
  readonly nodes: readonly { readonly nodeId: string; readonly name: string; readonly error: NodeError | null }[];
}

interface NodeError {
  readonly code: string;
  readonly message: string;
}

/** Names in the strip; the table of nodes has all. */
const namesInStrip = 3;

/** What a view shows of an answer of the cluster in each of its four states; the answer itself is drawn by `children`. */
export function ClusterAnswer<A extends Answer>(props: {
  readonly call: ViewCall<A>;
  readonly method: string;
  /** What failed, when nothing can be shown. */
  readonly failedTitle: string;
  readonly children: (answer: A) => ReactNode;
}) {
  const { t } = useTranslation('cluster');
  const { t: common } = useTranslation('common');
  const away = useNode(({ connection }) => connection.kind !== 'connected');
  const { state, retry, cancel } = props.call;
  if (state.kind === 'loading')
    return (
      <Loading
        rows={12}
        asking={(seconds) => common('asking', { node: t('theCluster'), seconds })}
        cancelLabel={common('cancel')}
        onCancel={cancel}
      />
    );
  const failed = (error: SignalboxError, node?: string) => (
    <CallFailure title={props.failedTitle} error={error} call={props.method} onRetry={retry} {...(node !== undefined && { node })} />
  );
  if (state.kind === 'error') return failed(state.error);
  const { data } = state;
  const only = data.nodes[0];
  if (data.answered === 0 && only != null && only.error !== null) return failed(nodeFailure(only.error), only.name);
  return (
    <>
      {/* While the own node is away the frame says so. */}
      {state.kind === 'stale' && !away && <StaleStrip error={state.error} atMs={state.atMs} onRetry={retry} />}
      <PartialStrip answer={data} onRetry={retry} />
      <div className="ac-answer sb-col sb-grow" {...((state.kind === 'stale' || away) && { 'data-stale': true })}>
        {props.children(data)}
      </div>
    </>
  );
}

function StaleStrip(props: { readonly error: SignalboxError; readonly atMs: number; readonly onRetry: () => void }) {
  const { t } = useTranslation('cluster');
  return (
    <Strip tone="warn" icon={<IconAlertTriangle size={14} stroke={1.6} />} fact={t('staleFact')} act={<TryAgain onRetry={props.onRetry} />}>
      {props.error.message} {t('stale', { age: formatAge(Date.now() - props.atMs) })}
    </Strip>
  );
}

/** Who was asked and did not answer, with the reason. A node that is known to be away was not asked and is no fault. */
function PartialStrip({ answer, onRetry }: { readonly answer: Answer; readonly onRetry: () => void }) {
  const { t } = useTranslation('cluster');
  const silent = answer.nodes.filter(({ error }) => error !== null);
  if (silent.length === 0) return null;
  const names = silent.slice(0, namesInStrip).map(({ name, error }) => t('silent', { name, code: error?.code ?? '' }));
  const more = silent.length - namesInStrip;
  if (more > 0) names.push(t('moreSilent', { count: more }));
  return (
    <Strip
      tone="warn"
      icon={<IconAlertTriangle size={14} stroke={1.6} />}
      fact={t('answeredShort', { answered: answer.answered, count: answer.asked })}
      act={<TryAgain onRetry={onRetry} />}
    >
      {t('noAnswerOf', { names: names.join(', ') })}
    </Strip>
  );
}

function TryAgain({ onRetry }: { readonly onRetry: () => void }) {
  const { t } = useTranslation('common');
  return (
    <button type="button" className="sb-link" onClick={onRetry}>
      {t('tryAgain')}
    </button>
  );
}
