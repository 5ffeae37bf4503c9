import { useEffect, useRef, useState } from 'react';
import type { GroupInfo } from '../../../../common/contract/brokers.ts';
import type { ProgressOf } from '../../../../common/contract/index.ts';
import { Select } from '../../../design/controls/index.ts';
import { showToast } from '../../../design/feedback/toast.ts';
import { StateLabel, StateShape } from '../../../design/icons/index.ts';
import { KeyValues } from '../../../design/layout/bars.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { useCluster } from '../../../state/cluster.ts';
import { formatBytes, formatCount } from '../../../state/format.ts';
import { nodeClient } from '../../../state/node.ts';
import { useNodeNames } from '../../../state/node-names.ts';
import { dataOf, useCall } from '../../../state/use-call.ts';
import { FormDialog } from '../../shared/form/form-dialog.tsx';
import { useAttempt } from '../../shared/form/use-attempt.ts';
import { turnBrokerOn } from '../turn-on.ts';
import { replicasWords } from '../words.ts';
import { BrokerOffNote } from './broker-off-note.tsx';

interface AddBrokerDialogProps {
  readonly group: GroupInfo;
  readonly onClose: () => void;
  readonly refresh: () => void;
}

type Progress = ProgressOf<'brokers.join'>;
const steps = ['asking', 'snapshot', 'catchingUp', 'voting'] as const satisfies readonly Progress['step'][];
/** Nobody is replaced: the group has one replica more. */
const nobody = '';
/** A copy of a large group takes its time. */
const joinTimeoutMs = 3_600_000;

/** Makes a node of the cluster a replica of the group, and shows how far it is. Closing the dialog does not stop it. */
export function AddBrokerDialog({ group, onClose, refresh }: AddBrokerDialogProps) {
  const { t } = useTranslation('queues');
  const nodes = useCluster((state) => state.nodes);
  const nameOf = useNodeNames();
  const members = new Set(group.members.map(({ nodeId }) => nodeId));
  const free = nodes.filter(({ nodeId }) => !members.has(nodeId));
  const [chosen, setChosen] = useState<string | null>(() => free.find(({ status }) => status === 'online')?.nodeId ?? null);
  const [replaces, setReplaces] = useState(nobody);
  const [progress, setProgress] = useState<Progress>();
  const lost = group.members.filter(({ status, impaired, role }) => role !== 'leader' && (status === 'inactive' || impaired));
  const attempt = useAttempt();
  const node = nodes.find(({ nodeId }) => nodeId === chosen);
  const { state } = useCall('brokers.status', {}, { enabled: node !== undefined, nodeId: node?.self === true ? undefined : node?.nodeId });
  const off = node !== undefined && dataOf(state)?.state === 'off';
  const open = useRef(true);
  useEffect(() => {
    open.current = true;
    return () => {
      open.current = false;
    };
  }, []);
  const submit = () => {
    if (node === undefined) return;
    const name = nameOf(node.nodeId);
    const at = node.self ? {} : { serviceId: node.nodeId };
    void attempt.run(async () => {
      setProgress({ step: 'asking', done: 0 });
      try {
        if (off) await turnBrokerOn(at.serviceId);
        const params = { groupId: group.groupId, ...(replaces !== nobody && { replaces }) };
        await nodeClient().call('brokers.join', params, { ...at, timeoutMs: joinTimeoutMs, onProgress: setProgress });
        showToast({ title: t('joined', { name, group: group.groupId }) });
        if (open.current) onClose();
      } catch (error) {
        setProgress(undefined);
        throw error;
      } finally {
        refresh();
      }
    });
  };
  return (
    <FormDialog
      title={t('addBrokerTitle', { group: group.groupId })}
      verb={off ? t('turnOnAndAdd') : t('addBrokerVerb')}
      working={attempt.working}
      disabled={node === undefined || node.status !== 'online'}
      done={attempt.working}
      failure={attempt.failure}
      note={attempt.working ? t('joinGoesOn') : undefined}
      onSubmit={submit}
      onClose={onClose}
    >
      {free.length === 0 ? (
        <p className="sb-2 qu-text">{t('addBrokerNobody')}</p>
      ) : (
        <Select
          label={t('field_node')}
          data={free.map(({ nodeId, status }) => ({
            value: nodeId,
            label: status === 'online' ? nameOf(nodeId) : t('choiceAway', { name: nameOf(nodeId) }),
            disabled: status !== 'online',
          }))}
          value={chosen}
          onChange={setChosen}
          searchable
          allowDeselect={false}
          disabled={attempt.working}
        />
      )}
      {lost.length > 0 && (
        <Select
          label={t('field_replaces')}
          data={[
            { value: nobody, label: t('replacesNobody') },
            ...lost.map(({ brokerId, name }) => ({ value: brokerId, label: t('choiceInactive', { name: `${name} (${brokerId})` }) })),
          ]}
          value={replaces}
          onChange={(value) => setReplaces(value ?? nobody)}
          allowDeselect={false}
          disabled={attempt.working}
        />
      )}
      {off && !attempt.working && <BrokerOffNote node={nameOf(node.nodeId)} nodeId={node.self ? undefined : node.nodeId} />}
      {progress === undefined ? (
        <KeyValues
          items={[
            [
              t('effect_copies'),
              t('joinCopies', { size: formatBytes(group.bytes), count: group.messages, amount: formatCount(group.messages) }),
            ],
            [t('effect_replicas'), replicasWords(t, group.voters + (replaces === nobody ? 1 : 0))],
            [t('effect_writes'), t('joinWrites')],
          ]}
        />
      ) : (
        <Steps progress={progress} />
      )}
    </FormDialog>
  );
}

/** The steps of joining: done, under way with how far, to come. */
function Steps({ progress }: { readonly progress: Progress }) {
  const { t } = useTranslation('queues');
  const at = steps.indexOf(progress.step);
  return (
    <ol className="qu-steps" aria-label={t('joinSteps')}>
      {steps.map((step, index) => (
        <li key={step} aria-current={index === at ? 'step' : undefined}>
          {index < at ? (
            <StateLabel kind="online">{t(`step_${step}`)}</StateLabel>
          ) : index === at ? (
            <StateLabel kind="running">{t(`step_${step}`)}</StateLabel>
          ) : (
            <span className="sb-3 qu-step-wait">{t(`step_${step}`)}</span>
          )}
          {index === at && progress.done > 0 && (
            <span className="sb-num sb-3">{t('percent', { percent: Math.floor(progress.done * 100) })}</span>
          )}
        </li>
      ))}
      <li className="sb-hidden" role="status">
        <StateShape kind="running" />
        {t(`step_${progress.step}`)}
      </li>
    </ol>
  );
}
