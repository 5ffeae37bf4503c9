import { useState } from 'react';
import type { QueueInfo } from '../../../../common/contract/queues.ts';
import { SegmentedControl, Textarea, TextInput } from '../../../design/controls/index.ts';
import { showToast } from '../../../design/feedback/toast.ts';
import { onDemand } from '../../../design/on-demand.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatBytes, formatCount } from '../../../state/format.ts';
import { nodeClient } from '../../../state/node.ts';
import { writeTimeoutMs } from '../../shared/act.ts';
import { FormDialog } from '../../shared/form/form-dialog.tsx';
import { useAttempt } from '../../shared/form/use-attempt.ts';
import { headersOf, jsonOf } from '../model/draft.ts';
import { type Draft, emptyDraft, keepDraft, messagesChanged, useDrafts } from '../queues-store.ts';

const CodeEditor = onDemand(() => import('../../../design/data/code-editor.tsx').then((module) => module.CodeEditor));

/** A JSON value of any shape: nothing to complete, nothing required. */
const anyJson = {
  schema: undefined,
  variables: [],
  problems: [],
  describeType: () => '',
  requiredLabel: '',
} as const;

/** Writes one message. What is written is kept when the dialog closes, until it has been appended. */
export function AppendDialog(props: { readonly queue: QueueInfo; readonly onClose: () => void; readonly refresh: () => void }) {
  const { t } = useTranslation('queues');
  const { queue, onClose, refresh } = props;
  const draft = useDrafts(({ byQueue }) => byQueue.get(queue.queueId)) ?? emptyDraft;
  const [checked, setChecked] = useState(false);
  const attempt = useAttempt();
  const change = (part: Partial<Draft>) => keepDraft(queue.queueId, { ...draft, ...part });
  const json = draft.as === 'json' ? jsonOf(draft.text) : { value: draft.text };
  const headers = headersOf(draft.headers);
  const sizeBytes = new TextEncoder().encode(draft.text).length;
  const tooLarge = sizeBytes > queue.options.maxMessageBytes;
  const problem =
    'problem' in json
      ? draft.text.trim() === ''
        ? t('appendEmpty')
        : t('appendNotJson', { reason: json.problem })
      : tooLarge
        ? t('appendTooLarge', { size: formatBytes(sizeBytes), most: formatBytes(queue.options.maxMessageBytes) })
        : undefined;
  const submit = () => {
    setChecked(true);
    if (problem !== undefined || 'problem' in json || 'wrongLine' in headers) return;
    void attempt.run(async () => {
      const message = { data: json.value, key: draft.key === '' ? null : draft.key, headers: headers.headers };
      const { firstSequence } = await nodeClient().call(
        'queues.append',
        { queue: queue.queueId, messages: [message] },
        { timeoutMs: writeTimeoutMs },
      );
      showToast({ title: t('appended', { name: queue.name, sequence: formatCount(firstSequence) }), message: t('appendedMeans') });
      keepDraft(queue.queueId, { ...draft, text: '' });
      messagesChanged(queue.queueId);
      onClose();
      refresh();
    });
  };
  return (
    <FormDialog
      title={t('appendTitle', { name: queue.name })}
      verb={t('appendVerb')}
      widthPx={620}
      working={attempt.working}
      failure={attempt.failure ?? (checked ? problem : undefined)}
      note={
        <span className="sb-num">
          {t('appendSize', { size: formatBytes(sizeBytes), most: formatBytes(queue.options.maxMessageBytes) })}
        </span>
      }
      onSubmit={submit}
      onClose={onClose}
    >
      <div className="sb-flex">
        <span className="sb-h">{t('appendPayload')}</span>
        <span className="sb-grow" />
        <SegmentedControl
          aria-label={t('appendAs')}
          size="xs"
          value={draft.as}
          data={(['json', 'text'] as const).map((value) => ({ value, label: t(`as_${value}`) }))}
          onChange={(value) => change({ as: value as Draft['as'] })}
        />
      </div>
      {draft.as === 'json' ? (
        <div className="qu-editor">
          <CodeEditor
            {...anyJson}
            waiting={<pre className="sb-code">{draft.text}</pre>}
            label={t('appendPayload')}
            documentId={queue.queueId}
            value={draft.text}
            onChange={(text) => change({ text })}
            describeFault={() => t('appendFault')}
            placeholder='{"line": 7, "qty": 400}'
          />
        </div>
      ) : (
        <Textarea
          aria-label={t('appendPayload')}
          value={draft.text}
          onChange={(event) => change({ text: event.currentTarget.value })}
          minRows={9}
          maxRows={9}
          autosize
          classNames={{ input: 'sb-mono' }}
          spellCheck={false}
        />
      )}
      <TextInput
        label={t('field_key')}
        description={t('keyHelp')}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        value={draft.key}
        onChange={(event) => change({ key: event.currentTarget.value })}
        maxLength={256}
        autoComplete="off"
        spellCheck={false}
      />
      <Textarea
        label={t('field_headers')}
        placeholder={'trace: 7f3a\nsource: press-07'}
        value={draft.headers}
        onChange={(event) => change({ headers: event.currentTarget.value })}
        error={checked && 'wrongLine' in headers ? t('wrongHeader', { line: headers.wrongLine }) : undefined}
        minRows={2}
        maxRows={4}
        autosize
        classNames={{ input: 'sb-mono' }}
        spellCheck={false}
      />
    </FormDialog>
  );
}
