import { useEffect, useRef, useState } from 'react';
import type { GroupInfo, GroupMemberInfo } from '../../../../common/contract/brokers.ts';
import type { ProgressOf } from '../../../../common/contract/index.ts';
import type { NodeInfo } from '../../../../common/contract/nodes.ts';
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
  /** Whose place the new one is to take, where the person came from there. */
  readonly replaces: string | undefined;
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
export function AddBrokerDialog({ group, replaces: wanted = nobody, onClose, refresh }: AddBrokerDialogProps) {
  const { t } = useTranslation('queues');
  const nodes = useCluster((state) => state.nodes);
  const nameOf = useNodeNames();
  const lost = lostMembers(group);
  // The node of a lost broker may take its place itself: its broker has begun anew, with an empty disk.
  const free = nodes.filter(({ nodeId }) => !group.members.some((member) => member.nodeId === nodeId && !lost.includes(member)));
  const [picked, setPicked] = useState<string | null>(null);
  // Until a person picks one: the node that is meant may come back while the dialog is open.
  const chosen = picked ?? firstChoice(free, lost, wanted);
  const [asked, setAsked] = useState(wanted);
  const [progress, setProgress] = useState<Progress>();
  const attempt = useAttempt();
  const node = nodes.find(({ nodeId }) => nodeId === chosen);
  const { state } = useCall('brokers.status', {}, { enabled: node !== undefined, nodeId: node?.self === true ? undefined : node?.nodeId });
  const broker = node === undefined ? undefined : dataOf(state);
  const off = broker?.state === 'off';
  const former = lost.find(({ nodeId }) => node !== undefined && nodeId === node.nodeId);
  const replaces = former?.brokerId ?? asked;
  const isStillIt = former !== undefined && broker?.brokerId === former.brokerId;
  const open = useRef(true);
  useEffect(() => {
    open.current = true;
    return () => {
      open.current = false;
    };
  }, []);
  const submit = () => {
    if (node === undefined) return;
    setPicked(node.nodeId);
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
      disabled={node === undefined || node.status !== 'online' || isStillIt}
      done={attempt.working}
      failure={attempt.failure ?? (isStillIt ? t('addBrokerSame', { name: former.name }) : undefined)}
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
          onChange={setPicked}
          searchable
          allowDeselect={false}
          disabled={attempt.working}
        />
      )}
      {free.length > 0 && lost.length > 0 && (
        <Select
          label={t('field_replaces')}
          data={[
            { value: nobody, label: t('replacesNobody') },
            ...lost.map(({ brokerId, name }) => ({ value: brokerId, label: t('choiceInactive', { name: `${name} (${brokerId})` }) })),
          ]}
          value={replaces}
          onChange={(value) => setAsked(value ?? nobody)}
          allowDeselect={false}
          disabled={attempt.working || former !== undefined}
        />
      )}
      {node !== undefined && off && !attempt.working && (
        <BrokerOffNote node={nameOf(node.nodeId)} nodeId={node.self ? undefined : node.nodeId} />
      )}
      {progress !== undefined ? (
        <Steps progress={progress} />
      ) : (
        node !== undefined && (
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
        )
      )}
    </FormDialog>
  );
}

/** Members whose place another broker may take: the leader has not heard of them, or their disk has lost what it held. */
function lostMembers({ members }: GroupInfo): readonly GroupMemberInfo[] {
  return members.filter(({ status, impaired, role }) => role !== 'leader' && (status === 'inactive' || impaired));
}

/** The node of the broker that is to be replaced where it is there, else one that is in the group with nothing, else any. */
function firstChoice(free: readonly NodeInfo[], lost: readonly GroupMemberInfo[], wanted: string): string | null {
  const online = free.filter(({ status }) => status === 'online');
  const ofWanted = lost.find(({ brokerId }) => brokerId === wanted)?.nodeId;
  const isNew = ({ nodeId }: NodeInfo) => !lost.some((member) => member.nodeId === nodeId);
  return (online.find(({ nodeId }) => nodeId === ofWanted) ?? online.find(isNew) ?? online[0])?.nodeId ?? null;
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
