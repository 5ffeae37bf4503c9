import type { LogLevel } from '../../../../common/contract/logs.ts';
import { saveTextFile } from '../../../design/copy-text.ts';
import { showToast } from '../../../design/feedback/toast.ts';
import { i18next } from '../../../i18n/index.ts';
import { asSignalboxError } from '../../../state/as-signalbox-error.ts';
import { nodeClient, useNode } from '../../../state/node.ts';
import { toNdjson, toPlainText } from '../../shared/logs/log-tail.ts';

const t = i18next.getFixedT(null, 'logs');

/** Changes how much a log says, until the node starts again. */
export async function setLogLevel(name: string, level: LogLevel): Promise<void> {
  try {
    await nodeClient().call('logs.setLevel', { name, level });
    showToast({
      title: t('levelSet', { name: name === 'all' ? t('allLogs') : name, level: t(`level_${level}`) }),
      message: t('levelUntil'),
    });
  } catch (error) {
    showToast({ title: t('levelNotSet'), message: asSignalboxError(error).message, tone: 'error' });
  }
}

/** The most lines that `logs.tail` gives. */
const mostLines = 2_000;

/** Offers the last lines of a log as a file. */
export async function downloadLog(name: string, form: 'ndjson' | 'text'): Promise<void> {
  try {
    const { entries } = await nodeClient().call('logs.tail', { name, lines: mostLines });
    const node = useNode.getState().status?.name ?? 'node';
    const file = `${node}-${name}-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}`;
    if (form === 'ndjson') saveTextFile(`${file}.ndjson`, toNdjson(entries), 'application/x-ndjson');
    else saveTextFile(`${file}.log`, entries.map((entry) => `${toPlainText(entry)}\n`).join(''), 'text/plain');
  } catch (error) {
    showToast({ title: t('notDownloaded'), message: asSignalboxError(error).message, tone: 'error' });
  }
}
