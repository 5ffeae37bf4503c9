/** What went wrong with a call to some node, in words: which node, whether it has run, what to do (look.md 11). */
import type { TFunction } from 'i18next';
import type { NodeInfo } from '../../../../common/contract/nodes.ts';
import { formatTime } from '../../../state/format.ts';
import type { NodeRow } from '../model/node-grid.ts';
import type { Run } from '../state/run.ts';
import { timeoutText } from '../timeout-text.ts';

type Words = TFunction<'rpc'>;

/** The few words for a code; any other failed. */
export function shortOf(code: string) {
  switch (code) {
    case 'TIMEOUT':
    case 'METHOD_NOT_FOUND':
    case 'FORBIDDEN':
    case 'INVALID_PARAMS':
    case 'NODE_UNREACHABLE':
    case 'NODE_LOST':
      return code;
    default:
      return 'other';
  }
}

/** `Offline since 11:52`, or that it cannot be told. */
export function absence(t: Words, node: NodeInfo | undefined): string {
  if (node?.status === 'unknown') return t('nodeUnknown');
  return node?.lastSeenAt == null ? t('nodeOffline') : t('nodeOfflineSince', { time: formatTime(node.lastSeenAt) });
}

/** What a person can do about an error of another node; nothing where the code says nothing of nodes. */
export function adviceOf(t: Words, code: string, node: string): string | undefined {
  switch (code) {
    case 'NODE_UNREACHABLE':
      return t('advice_NODE_UNREACHABLE', { node });
    case 'NODE_LOST':
      return t('advice_NODE_LOST', { node });
    case 'TIMEOUT':
      return t('advice_TIMEOUT', { node });
    case 'FORBIDDEN':
      return t('advice_FORBIDDEN', { node, setting: 'federation.unsignedRole' });
    default:
      return undefined;
  }
}

/** Why a row of a gathered answer has no values. */
export function whyEmpty(t: Words, row: NodeRow, run: Run, name: string): string | undefined {
  switch (row.state) {
    case 'ok':
    case 'waiting':
      return undefined;
    case 'offline':
      return `${absence(
        t,
        run.asked.find((node) => node.nodeId === row.nodeId),
      )}. ${t('notSentThere')}`;
    case 'missing':
      return run.state === 'cancelled' ? t('nodeCancelled') : t('nodeMissing', { time: timeoutText(run.timeoutMs) });
    case 'failed':
      return whyFailed(t, row, run, name);
  }
}

function whyFailed(t: Words, { problem }: NodeRow, run: Run, name: string): string {
  const executed = t(`executed_${problem?.executed ?? 'maybe'}`);
  switch (problem?.code) {
    case 'NODE_UNREACHABLE':
      return `${t('nodeOffline')}. ${t('notSentThere')}`;
    case 'NODE_LOST':
      return `${t('nodeLost')} ${executed}`;
    case 'TIMEOUT':
      return t('nodeMissing', { time: timeoutText(run.timeoutMs) });
    case 'FORBIDDEN':
      return t('nodeForbidden', { message: problem.message, node: name, setting: 'federation.unsignedRole' });
    default:
      return problem === undefined ? executed : problem.message;
  }
}
