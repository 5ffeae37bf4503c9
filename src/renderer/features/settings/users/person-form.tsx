import { type FormEvent, useState } from 'react';
import { type Role, roles } from '../../../../common/roles.ts';
import { Button, PasswordInput, Select, TextInput } from '../../../design/controls/index.ts';
import { StateLabel } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { asSignalboxError } from '../../../state/as-signalbox-error.ts';
import { passwordProblem, repeatProblem, usernameProblem } from '../../../state/person-rules.ts';

export interface PersonFields {
  readonly username: string;
  readonly password: string;
  readonly role: Role;
}

interface PersonFormProps {
  /** Which fields are asked for. */
  readonly asks: { readonly username?: boolean; readonly password?: boolean; readonly role?: boolean };
  readonly initialRole: Role;
  /** The button repeats the verb. */
  readonly verb: string;
  readonly onSubmit: (fields: PersonFields) => Promise<void>;
  readonly onCancel: () => void;
}

/** Fields about a person. Each is checked when it is left and again when the form is sent, never while it is typed first. */
export function PersonForm({ asks, initialRole, verb, onSubmit, onCancel }: PersonFormProps) {
  const { t } = useTranslation('settings');
  const { t: common } = useTranslation('common');
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [repeated, setRepeated] = useState('');
  const [role, setRole] = useState<Role>(initialRole);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [working, setWorking] = useState(false);
  const [failure, setFailure] = useState<string>();
  const problems = {
    username: asks.username === true ? usernameProblem(username) : undefined,
    password: asks.password === true ? passwordProblem(password) : undefined,
    repeated: asks.password === true ? repeatProblem(password, repeated) : undefined,
  };
  const leave = (field: string) => setLeft((before) => new Set([...before, field]));
  const shown = (field: keyof typeof problems) => {
    const problem = problems[field];
    return problem !== undefined && left.has(field) ? <StateLabel kind="failed">{t(problem)}</StateLabel> : undefined;
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setLeft(new Set(Object.keys(problems)));
    if (Object.values(problems).some((problem) => problem !== undefined)) return;
    setWorking(true);
    setFailure(undefined);
    try {
      await onSubmit({ username, password, role });
    } catch (error) {
      setFailure(asSignalboxError(error).message);
      setWorking(false);
    }
  };
  return (
    <form className="st-form" onSubmit={(event) => void submit(event)} noValidate>
      {asks.username === true && (
        <TextInput
          label={t('username')}
          description={t('usernameHelp')}
          data-autofocus
          autoComplete="off"
          spellCheck={false}
          value={username}
          error={shown('username')}
          onChange={(event) => setUsername(event.currentTarget.value.trim().toLowerCase())}
          onBlur={() => username !== '' && leave('username')}
        />
      )}
      {asks.role === true && (
        <Select
          label={t('role')}
          description={t(`roleHelp_${role}`)}
          {...(asks.username !== true && { 'data-autofocus': true })}
          data={roles.map((name) => ({ value: name, label: common(`role_${name}`) }))}
          value={role}
          onChange={(next) => setRole(roles.find((known) => known === next) ?? role)}
        />
      )}
      {asks.password === true && (
        <>
          <PasswordInput
            label={t('password')}
            description={t('passwordHelp')}
            {...(asks.username !== true && { 'data-autofocus': true })}
            autoComplete="new-password"
            value={password}
            error={shown('password')}
            onChange={(event) => setPassword(event.currentTarget.value)}
            onBlur={() => password !== '' && leave('password')}
            visibilityToggleButtonProps={{ 'aria-label': t('showPassword') }}
          />
          <PasswordInput
            label={t('passwordAgain')}
            autoComplete="new-password"
            value={repeated}
            error={shown('repeated')}
            onChange={(event) => setRepeated(event.currentTarget.value)}
            onBlur={() => repeated !== '' && leave('repeated')}
            visibilityToggleButtonProps={{ 'aria-label': t('showPasswordAgain') }}
          />
        </>
      )}
      <div role="alert">{failure !== undefined && <StateLabel kind="failed">{failure}</StateLabel>}</div>
      <div className="sb-flex st-end">
        <Button variant="default" onClick={onCancel}>
          {common('cancel')}
        </Button>
        <Button type="submit" loading={working}>
          {verb}
        </Button>
      </div>
    </form>
  );
}
