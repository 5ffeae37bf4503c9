import './texts.ts';
import { type FormEvent, type ReactNode, useState } from 'react';
import { Button, PasswordInput, TextInput } from '../../design/controls/index.ts';
import { StateLabel } from '../../design/icons/index.ts';
import { Mark } from '../../design/icons/mark.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { passwordProblem, repeatProblem, usernameProblem } from '../../state/person-rules.ts';
import { setUp, signIn, useSession } from '../../state/session.ts';
import { setupToken } from './setup-token.ts';
import { useAttempt } from './use-attempt.ts';

/** Sign-in for browsers, and the form of a one-time set-up link. */
export function SignIn() {
  const [token] = useState(setupToken);
  return (
    <main className="sb-signin">
      <div className="sb-signin-card">
        <div className="sb-flex sb-signin-head">
          <Mark />
          <b>Signalbox</b>
          <span className="sb-3 sb-clip">{location.host}</span>
        </div>
        {token === undefined ? <SignInForm /> : <SetUpForm token={token} />}
      </div>
    </main>
  );
}

function SignInForm() {
  const { t } = useTranslation('signIn');
  const reason = useSession((state) => state.reason);
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const attempt = useAttempt(t('failed'));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (username.trim() === '' || password === '') attempt.refuse(t('bothNeeded'));
    else attempt.run(() => signIn(username.trim().toLowerCase(), password));
  };
  return (
    <form onSubmit={submit} aria-labelledby="sign-in-title" noValidate>
      <h1 id="sign-in-title">{t('title')}</h1>
      {reason === 'expired' && <p className="sb-2">{t('expired')}</p>}
      <TextInput
        label={t('username')}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        value={username}
        onChange={(event) => setUsername(event.currentTarget.value)}
        autoFocus
      />
      <PasswordInput
        label={t('password')}
        autoComplete="current-password"
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        visibilityToggleButtonProps={{ 'aria-label': t('showPassword') }}
      />
      <Problem>{attempt.problem}</Problem>
      <Button type="submit" loading={attempt.working}>
        {t('submit')}
      </Button>
      <p className="sb-3 sb-signin-hint">
        {t('noUsers')} <code className="sb-mono sb-select">signalbox users setup-link</code>
      </p>
    </form>
  );
}

function SetUpForm({ token }: { readonly token: string }) {
  const { t } = useTranslation('signIn');
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [repeated, setRepeated] = useState('');
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const attempt = useAttempt(t('setupInvalid'));
  const problems = {
    username: usernameProblem(username),
    password: passwordProblem(password),
    repeated: repeatProblem(password, repeated),
  };
  const leave = (field: keyof typeof problems, value: string) => {
    if (value !== '') setLeft((before) => new Set([...before, field]));
  };
  const shown = (field: keyof typeof problems) => {
    const problem = problems[field];
    return problem !== undefined && left.has(field) ? <StateLabel kind="failed">{t(problem)}</StateLabel> : undefined;
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setLeft(new Set(Object.keys(problems)));
    if (Object.values(problems).some((problem) => problem !== undefined)) return;
    attempt.run(async () => {
      await setUp(token, username, password);
      // The used token must not stay in the history of the browser.
      history.replaceState(null, '', '/');
    });
  };
  return (
    <form onSubmit={submit} aria-labelledby="sign-in-title" noValidate>
      <h1 id="sign-in-title">{t('setupTitle')}</h1>
      <p className="sb-2">{t('setupHelp')}</p>
      <TextInput
        label={t('username')}
        description={t('usernameHelp')}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        value={username}
        error={shown('username')}
        onChange={(event) => setUsername(event.currentTarget.value.trim().toLowerCase())}
        onBlur={() => leave('username', username)}
        autoFocus
      />
      <PasswordInput
        label={t('password')}
        description={t('passwordHelp')}
        autoComplete="new-password"
        value={password}
        error={shown('password')}
        onChange={(event) => setPassword(event.currentTarget.value)}
        onBlur={() => leave('password', password)}
        visibilityToggleButtonProps={{ 'aria-label': t('showPassword') }}
      />
      <PasswordInput
        label={t('repeatPassword')}
        autoComplete="new-password"
        value={repeated}
        error={shown('repeated')}
        onChange={(event) => setRepeated(event.currentTarget.value)}
        onBlur={() => leave('repeated', repeated)}
        visibilityToggleButtonProps={{ 'aria-label': t('showPasswordAgain') }}
      />
      <Problem>{attempt.problem}</Problem>
      <Button type="submit" loading={attempt.working}>
        {t('setupSubmit')}
      </Button>
    </form>
  );
}

/** The region exists before its text does, so that screen readers say it. */
function Problem({ children }: { readonly children: ReactNode }) {
  return (
    <div role="alert" className="sb-signin-problem">
      {children !== undefined && <StateLabel kind="failed">{children}</StateLabel>}
    </div>
  );
}
