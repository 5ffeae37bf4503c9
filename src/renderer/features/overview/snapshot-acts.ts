import { copyText, saveTextFile } from '../../design/copy-text.ts';
import { showToast } from '../../design/feedback/toast.ts';
import { i18next } from '../../i18n/index.ts';
import { nodeClient, useNode } from '../../state/node.ts';
import { processRows } from '../../state/process-rows.ts';
import { snapshotFileName, snapshotJson, snapshotMarkdown } from './model/snapshot.ts';

export type SnapshotForm = 'md' | 'json';

/** What the console knows of the node now; undefined before the first answer. */
async function takeSnapshot() {
  const { status, metrics } = useNode.getState();
  if (status === undefined) return undefined;
  // A report of a node that is away is wanted most of all: it goes without what only the node can say.
  const processes = await nodeClient()
    .call('system.processes', {}, { timeoutMs: 2_000 })
    .then(processRows, () => []);
  return { takenAtMs: Date.now(), status, metrics, processes };
}

/** Puts a report on the clipboard. */
export async function copySnapshot(form: SnapshotForm): Promise<void> {
  const t = i18next.getFixedT(null, 'overview');
  const parts = await takeSnapshot();
  if (parts === undefined) return;
  const copied = await copyText(form === 'md' ? snapshotMarkdown(parts) : snapshotJson(parts));
  if (copied) showToast({ title: t('snapshotCopied', { name: parts.status.name }) });
  else showToast({ title: t('snapshotNotCopied'), tone: 'error' });
}

/** Offers the report as a file. */
export async function saveSnapshot(form: SnapshotForm): Promise<void> {
  const parts = await takeSnapshot();
  if (parts === undefined) return;
  const text = form === 'md' ? snapshotMarkdown(parts) : snapshotJson(parts);
  const type = form === 'md' ? 'text/markdown' : 'application/json';
  saveTextFile(snapshotFileName(parts.status.name, parts.takenAtMs, form), text, type);
}
