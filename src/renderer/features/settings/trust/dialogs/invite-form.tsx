import { type FormEvent, useState } from 'react';
import { type ClusterMember, type MemberRole, memberRoles } from '../../../../../common/contract/membership.ts';
import { Button, NumberInput, SegmentedControl, Select } from '../../../../design/controls/index.ts';
import { StateLabel } from '../../../../design/icons/index.ts';
import { useTranslation } from '../../../../i18n/index.ts';
import { asSignalboxError } from '../../../../state/as-signalbox-error.ts';
import { membershipChanged } from '../../../../state/membership.ts';
import { nodeClient } from '../../../../state/node.ts';
import { onlyThisMachine } from '../model/addresses.ts';
import { Note } from '../note.tsx';
import type { MadeInvite } from './made-invite.ts';
import { RoleChoice } from './role-choice.tsx';

type InvitedRole = Exclude<MemberRole, 'admin'>;

const isInvited = (role: MemberRole): role is InvitedRole => role !== 'admin';
/** Admin is given afterwards, to a member whose fingerprint was compared. */
const offered = memberRoles.filter(isInvited);
/** Lives to choose from, in minutes. */
const lives = [5, 15, 60, 240, 1_440] as const;
const mostUses = 1_000;

/** Whom an invitation is for, what it gives and how long it is good. */
export function InviteForm(props: {
  readonly addresses: readonly string[];
  readonly members: readonly ClusterMember[];
  readonly onMade: (made: MadeInvite) => void;
  readonly onCancel: () => void;
}) {
  const { t } = useTranslation('membership');
  const { t: common } = useTranslation('common');
  const [kind, setKind] = useState<MadeInvite['kind']>('code');
  const [roles, setRoles] = useState<readonly InvitedRole[]>(['peer', 'viewer']);
  const [minutes, setMinutes] = useState(15);
  const [uses, setUses] = useState(10);
  const [working, setWorking] = useState(false);
  const [failure, setFailure] = useState<string>();
  const make = async (): Promise<MadeInvite> => {
    const client = nodeClient();
    const membersBefore = new Set(props.members.map(({ nodeId }) => nodeId));
    if (kind === 'code') return { kind, membersBefore, ...(await client.call('membership.invite', { roles: [...roles], minutes })) };
    return { kind, membersBefore, uses, ...(await client.call('membership.inviteFile', { roles: [...roles], minutes, uses })) };
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setWorking(true);
    setFailure(undefined);
    try {
      props.onMade(await make());
      membershipChanged();
    } catch (error) {
      setFailure(asSignalboxError(error).message);
      setWorking(false);
    }
  };
  return (
    <form className="st-form" onSubmit={(event) => void submit(event)}>
      <SegmentedControl
        aria-label={t('inviteKind')}
        data={[
          { value: 'code', label: t('inviteKind_code') },
          { value: 'file', label: t('inviteKind_file') },
        ]}
        value={kind}
        onChange={(next) => setKind(next === 'file' ? 'file' : 'code')}
      />
      <p className="sb-2 tr-help">{t(`inviteHelp_${kind}`)}</p>
      {onlyThisMachine(props.addresses) && (
        <Note tone="warn" fact={t('loopbackOnly')}>
          {t('loopbackInvite')}
        </Note>
      )}
      <RoleChoice label={t('invitedRoles')} offered={offered} chosen={roles} onChange={(chosen) => setRoles(chosen.filter(isInvited))} />
      <div className="tr-terms">
        <Select
          label={t('goodFor')}
          data={lives.map((life) => ({ value: String(life), label: t(`life_${life}`) }))}
          value={String(minutes)}
          allowDeselect={false}
          onChange={(next) => setMinutes(Number(next))}
        />
        {kind === 'file' && (
          <NumberInput
            label={t('uses')}
            min={1}
            max={mostUses}
            allowDecimal={false}
            clampBehavior="strict"
            value={uses}
            onChange={(next) => setUses(Number(next))}
          />
        )}
      </div>
      <div role="alert">
        {failure !== undefined && <StateLabel kind="failed">{failure}</StateLabel>}
        {roles.length === 0 && <StateLabel kind="failed">{t('oneRoleNeeded')}</StateLabel>}
      </div>
      <div className="sb-flex st-end">
        <Button variant="default" onClick={props.onCancel}>
          {common('cancel')}
        </Button>
        <Button type="submit" loading={working} disabled={roles.length === 0 || (kind === 'file' && uses < 1)}>
          {t(`inviteVerb_${kind}`)}
        </Button>
      </div>
    </form>
  );
}
