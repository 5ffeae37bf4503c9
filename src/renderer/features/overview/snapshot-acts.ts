import { copyText, saveTextFile } from '../../design/copy-text.ts';
import { showToast } from '../../design/feedback/toast.ts';
import { i18next } from '../../i18n/index.ts';
import { useCluster } from '../../state/cluster.ts';
import { freshPoint, useClusterMetrics } from '../../state/cluster-metrics.ts';
import { nodeClient, useNode } from '../../state/node.ts';
import { processRows } from '../../state/process-rows.ts';
import { useScope } from '../../state/scope.ts';
import { useClusterProblems } from '../shared/cluster-problems.ts';
import { snapshotFileName, snapshotJson, snapshotMarkdown } from './model/snapshot.ts';

export type SnapshotForm = 'md' | 'json';

interface Snapshot {
  /** What it is of, for its file and for the person. */
  readonly name: string;
  readonly text: string;
  readonly takenAtMs: number;
}

const askMs = 5_000;

/** A report of the instance that is looked at; undefined before anything is known of it. */
async function takeSnapshot(form: SnapshotForm): Promise<Snapshot | undefined> {
  const { scope } = useScope.getState();
  if (scope.kind === 'all') return snapshotOfCluster(form);
  return snapshotOfNode(form, scope.kind === 'node' ? scope.nodeId : undefined);
}

async function snapshotOfNode(form: SnapshotForm, nodeId: string | undefined): Promise<Snapshot | undefined> {
  const own = useNode.getState();
  const options = { timeoutMs: askMs, ...(nodeId !== undefined && { target: { node: nodeId } }) };
  // A report of a node that is away is wanted most of all: it goes without what only the node can say.
  const [status, processes] = await Promise.all([
    nodeId === undefined
      ? own.status
      : nodeClient()
          .call('node.status', {}, options)
          .catch(() => undefined),
    nodeClient()
      .call('system.processes', {}, options)
      .then(processRows, () => []),
  ]);
  if (status === undefined) return undefined;
  const metrics = nodeId === undefined ? own.metrics : freshPoint(useClusterMetrics.getState().byNode.get(nodeId), Date.now());
  const parts = { takenAtMs: Date.now(), status, metrics, processes };
  return { name: status.name, takenAtMs: parts.takenAtMs, text: form === 'md' ? snapshotMarkdown(parts) : snapshotJson(parts) };
}

async function snapshotOfCluster(form: SnapshotForm): Promise<Snapshot> {
  const { clusterSnapshotJson, clusterSnapshotMarkdown } = await import('./model/cluster-snapshot.ts');
  const takenAtMs = Date.now();
  const { byNode } = useClusterMetrics.getState();
  const { byNode: problemsOf } = useClusterProblems.getState();
  const { nodes } = useCluster.getState();
  const parts = {
    takenAtMs,
    seenFrom: nodes.find(({ self }) => self)?.name ?? '',
    nodes: nodes.map((node) => ({
      node,
      metrics: freshPoint(byNode.get(node.nodeId), takenAtMs),
      problems: problemsOf.get(node.nodeId) ?? [],
    })),
  };
  const name = i18next.t('overview:snapshotAllName');
  return { name, takenAtMs, text: form === 'md' ? clusterSnapshotMarkdown(parts) : clusterSnapshotJson(parts) };
}

/** Puts a report on the clipboard. */
export async function copySnapshot(form: SnapshotForm): Promise<void> {
  const t = i18next.getFixedT(null, 'overview');
  const snapshot = await takeSnapshot(form);
  if (snapshot === undefined) showToast({ title: t('snapshotNotTaken'), tone: 'error' });
  else if (await copyText(snapshot.text)) showToast({ title: t('snapshotCopied', { name: snapshot.name }) });
  else showToast({ title: t('snapshotNotCopied'), tone: 'error' });
}

/** Offers the report as a file. */
export async function saveSnapshot(form: SnapshotForm): Promise<void> {
  const t = i18next.getFixedT(null, 'overview');
  const snapshot = await takeSnapshot(form);
  if (snapshot === undefined) showToast({ title: t('snapshotNotTaken'), tone: 'error' });
  else
    saveTextFile(
      snapshotFileName(snapshot.name, snapshot.takenAtMs, form),
      snapshot.text,
      form === 'md' ? 'text/markdown' : 'application/json',
    );
}
