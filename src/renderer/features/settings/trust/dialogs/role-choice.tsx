import { type MemberRole, memberRoles } from '../../../../../common/contract/membership.ts';
import { Checkbox } from '../../../../design/controls/index.ts';
import { useTranslation } from '../../../../i18n/index.ts';

/** The roles of a member, each with what it allows. */
export function RoleChoice(props: {
  readonly label: string;
  readonly offered?: readonly MemberRole[];
  readonly chosen: readonly MemberRole[];
  readonly onChange: (chosen: readonly MemberRole[]) => void;
}) {
  const { t } = useTranslation('membership');
  const { chosen } = props;
  const toggle = (role: MemberRole) =>
    props.onChange(memberRoles.filter((known) => (known === role ? !chosen.includes(role) : chosen.includes(known))));
  return (
    <fieldset className="tr-roles">
      <legend>{props.label}</legend>
      {(props.offered ?? memberRoles).map((role) => (
        <Checkbox
          key={role}
          label={t(`role_${role}`)}
          description={t(`roleHelp_${role}`)}
          checked={chosen.includes(role)}
          onChange={() => toggle(role)}
        />
      ))}
    </fieldset>
  );
}
