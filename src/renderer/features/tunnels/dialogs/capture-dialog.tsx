import { useState } from 'react';
import type { Capture } from '../../../../common/contract/tunnels.ts';
import { Radio, Select, TagsInput } from '../../../design/controls/index.ts';
import { showToast } from '../../../design/feedback/toast.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatBytes } from '../../../state/format.ts';
import { nodeClient } from '../../../state/node.ts';
import { writeTimeoutMs } from '../../shared/act.ts';
import { FormDialog } from '../../shared/form/form-dialog.tsx';
import { useAttempt } from '../../shared/form/use-attempt.ts';
import { atNode } from '../use-tunnels-data.ts';
import type { TunnelDialogProps } from './edit-dialog.tsx';

const limits = [4_096, 16_384, 65_536, 262_144, 1_048_576];

/** What is kept of each request at the node of the tunnel, and what never is. */
export function CaptureDialog({ tunnel, ownId, onClose, refresh }: TunnelDialogProps) {
  const { t } = useTranslation('tunnels');
  const attempt = useAttempt();
  const [capture, setCapture] = useState<Capture>(tunnel.capture);
  const offered = limits.includes(capture.maxBodyBytes) ? limits : [...limits, capture.maxBodyBytes].toSorted((a, b) => a - b);
  const submit = () =>
    void attempt.run(async () => {
      const params = { tunnelId: tunnel.tunnelId, capture };
      await nodeClient().call('tunnels.update', params, { timeoutMs: writeTimeoutMs, ...atNode(tunnel.nodeId, ownId) });
      showToast({ title: t(`captures_${capture.level}`, { name: tunnel.agentId }) });
      onClose();
      refresh();
    });
  return (
    <FormDialog
      title={t('captureTitle', { name: tunnel.agentId })}
      verb={t('editVerb')}
      working={attempt.working}
      failure={attempt.failure}
      onSubmit={submit}
      onClose={onClose}
    >
      <Radio.Group
        label={t('captureLevel')}
        value={capture.level}
        onChange={(level) => setCapture({ ...capture, level: level as Capture['level'] })}
      >
        <div className="tu-radios">
          {(['off', 'heads', 'bodies'] as const).map((level) => (
            <Radio key={level} value={level} label={t(`captureLevel_${level}`)} description={t(`captureHelp_${level}`)} />
          ))}
        </div>
      </Radio.Group>
      <Select
        label={t('field_bodyLimit')}
        data={offered.map((bytes) => ({ value: String(bytes), label: formatBytes(bytes) }))}
        value={String(capture.maxBodyBytes)}
        onChange={(value) => setCapture({ ...capture, maxBodyBytes: Number(value ?? capture.maxBodyBytes) })}
        disabled={capture.level !== 'bodies'}
        allowDeselect={false}
        w={160}
      />
      <TagsInput
        label={t('field_redacted')}
        description={t('redactedAlways')}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        value={[...capture.redactedHeaders]}
        onChange={(redactedHeaders) => setCapture({ ...capture, redactedHeaders: redactedHeaders.map((name) => name.toLowerCase()) })}
        maxTags={64}
      />
    </FormDialog>
  );
}
