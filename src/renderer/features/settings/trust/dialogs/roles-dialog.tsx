import { type FormEvent, useState } from 'react';
import type { ClusterMember, MemberRole } from '../../../../../common/contract/membership.ts';
import { Button } from '../../../../design/controls/index.ts';
import { Dialog } from '../../../../design/feedback/dialog.tsx';
import { showToast } from '../../../../design/feedback/toast.ts';
import { StateLabel } from '../../../../design/icons/index.ts';
import { useTranslation } from '../../../../i18n/index.ts';
import { asSignalboxError } from '../../../../state/as-signalbox-error.ts';
import { membershipChanged } from '../../../../state/membership.ts';
import { nodeClient } from '../../../../state/node.ts';
import { Note } from '../note.tsx';
import { useRoleNames } from '../role-words.ts';
import { RoleChoice } from './role-choice.tsx';

/** What a member may do. Making or unmaking an admin says what that means before it is done. */
export function RolesDialog(props: {
  readonly member: ClusterMember;
  readonly members: readonly ClusterMember[];
  readonly onClose: () => void;
}) {
  const { t } = useTranslation('membership');
  const { t: common } = useTranslation('common');
  const roleNames = useRoleNames();
  const { member, onClose } = props;
  const { nodeId, name } = member;
  const [chosen, setChosen] = useState<readonly MemberRole[]>(member.roles);
  const [working, setWorking] = useState(false);
  const [failure, setFailure] = useState<string>();
  const was = member.roles.includes('admin');
  const is = chosen.includes('admin');
  const lastAdmin = was && props.members.filter(({ roles }) => roles.includes('admin')).length === 1;
  const problem = chosen.every((role) => role === 'admin') ? t('oneRoleNeeded') : lastAdmin && !is ? t('lastAdmin', { name }) : undefined;
  const unchanged = roleNames(chosen) === roleNames(member.roles);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setWorking(true);
    setFailure(undefined);
    try {
      await nodeClient().call('membership.setRoles', { node: nodeId, roles: [...chosen] });
      onClose();
      showToast({ title: t('rolesSet', { name, roles: roleNames(chosen) }) });
      membershipChanged();
    } catch (error) {
      setFailure(asSignalboxError(error).message);
      setWorking(false);
    }
  };
  return (
    <Dialog title={t('rolesTitle', { name })} opened onClose={onClose} closeLabel={common('close')} widthPx={480}>
      <form className="st-form" onSubmit={(event) => void submit(event)}>
        <RoleChoice label={t('rolesLegend')} chosen={chosen} onChange={setChosen} />
        {is && !was && (
          <Note tone="warn" fact={t('becomesAdmin', { name })}>
            {t('becomesAdminHelp')}
          </Note>
        )}
        {was && !is && !lastAdmin && (
          <Note tone="warn" fact={t('noAdminMore', { name })}>
            {t('noAdminMoreHelp')}
          </Note>
        )}
        <div role="alert">{(failure ?? problem) !== undefined && <StateLabel kind="failed">{failure ?? problem}</StateLabel>}</div>
        <div className="sb-flex st-end">
          <Button variant="default" onClick={onClose}>
            {common('cancel')}
          </Button>
          <Button type="submit" loading={working} disabled={unchanged || problem !== undefined}>
            {t('rolesVerb')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
