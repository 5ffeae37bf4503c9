import { type FormEvent, useState } from 'react';
import { SignalboxError } from '../../../common/errors.ts';
import { Button, PasswordInput, TextInput } from '../../design/controls/index.ts';
import { StateLabel } from '../../design/icons/index.ts';
import { Mark } from '../../design/icons/mark.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { setUp, signIn, useSession } from '../../state/session.ts';

const shortestPassword = 10;
const usernamePattern = /^[a-z0-9][a-z0-9._-]{0,31}$/;

/** The one-time token of a set-up link, `/setup#token=…`: in the fragment, so that it is in no log. */
function setupToken(): string | undefined {
  if (location.pathname !== '/setup') return undefined;
  return new URLSearchParams(location.hash.slice(1)).get('token') ?? undefined;
}

/** Sign-in for browsers, and the form of a one-time set-up link. */
export function SignIn() {
  const [token] = useState(setupToken);
  return (
    <main className="sb-signin">
      <div className="sb-signin-card">
        <div className="sb-flex">
          <Mark />
          <span className="sb-h" style={{ fontSize: 13 }}>
            Signalbox
          </span>
          <span className="sb-3 sb-clip">{location.host}</span>
        </div>
        {token === undefined ? <SignInForm /> : <SetUpForm token={token} />}
      </div>
    </main>
  );
}

/** Runs one attempt at a time and turns its failure into words. */
function useAttempt(refused: string): {
  readonly working: boolean;
  readonly problem: string | undefined;
  run(act: () => Promise<void>): void;
} {
  const { t } = useTranslation('signIn');
  const [working, setWorking] = useState(false);
  const [problem, setProblem] = useState<string>();
  return {
    working,
    problem,
    run: (act) => {
      setWorking(true);
      setProblem(undefined);
      act().catch((error: unknown) => {
        setWorking(false);
        const code = error instanceof SignalboxError ? error.code : 'INTERNAL';
        const seconds = (error as { data?: { retryAfterSeconds?: number } }).data?.retryAfterSeconds ?? 60;
        if (code === 'OVERLOADED') setProblem(t('limited', { seconds }));
        else setProblem(code === 'UNAUTHENTICATED' ? refused : t('unreachable'));
      });
    },
  };
}

function SignInForm() {
  const { t } = useTranslation('signIn');
  const reason = useSession((state) => state.reason);
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const attempt = useAttempt(t('failed'));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    attempt.run(() => signIn(username.trim(), password));
  };
  return (
    <form onSubmit={submit} aria-labelledby="sign-in-title">
      <h1 id="sign-in-title">{t('title')}</h1>
      {reason === 'expired' && <p className="sb-2">{t('expired')}</p>}
      <TextInput
        label={t('username')}
        autoComplete="username"
        value={username}
        onChange={(event) => setUsername(event.currentTarget.value)}
        data-autofocus
        required
      />
      <PasswordInput
        label={t('password')}
        autoComplete="current-password"
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        required
      />
      <Problem text={attempt.problem} />
      <Button type="submit" loading={attempt.working} disabled={username === '' || password === ''}>
        {t('submit')}
      </Button>
      <p className="sb-3">{t('noUsers')}</p>
    </form>
  );
}

function SetUpForm({ token }: { readonly token: string }) {
  const { t } = useTranslation('signIn');
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [repeated, setRepeated] = useState('');
  const attempt = useAttempt(t('setupInvalid'));
  const badName = username !== '' && !usernamePattern.test(username);
  const short = password !== '' && password.length < shortestPassword;
  const differs = repeated !== '' && repeated !== password;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    attempt.run(async () => {
      await setUp(token, username, password);
      history.replaceState(null, '', '/');
    });
  };
  return (
    <form onSubmit={submit} aria-labelledby="sign-in-title">
      <h1 id="sign-in-title">{t('setupTitle')}</h1>
      <p className="sb-2">{t('setupHelp')}</p>
      <TextInput
        label={t('username')}
        autoComplete="username"
        value={username}
        error={badName ? t('usernameRule') : undefined}
        onChange={(event) => setUsername(event.currentTarget.value)}
        required
      />
      <PasswordInput
        label={t('password')}
        autoComplete="new-password"
        value={password}
        error={short ? t('tooShort') : undefined}
        onChange={(event) => setPassword(event.currentTarget.value)}
        required
      />
      <PasswordInput
        label={t('repeatPassword')}
        autoComplete="new-password"
        value={repeated}
        error={differs ? t('mismatch') : undefined}
        onChange={(event) => setRepeated(event.currentTarget.value)}
        required
      />
      <Problem text={attempt.problem} />
      <Button
        type="submit"
        loading={attempt.working}
        disabled={badName || username === '' || password.length < shortestPassword || repeated !== password}
      >
        {t('setupSubmit')}
      </Button>
    </form>
  );
}

function Problem({ text }: { readonly text: string | undefined }) {
  // The region exists before its text does, so that screen readers say it.
  return <div role="alert">{text !== undefined && <StateLabel kind="failed">{text}</StateLabel>}</div>;
}
