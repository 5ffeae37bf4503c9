/** Rules of names and passwords, as the node has them, so that a form can say them before it is sent. */

export const shortestPassword = 10;
const usernamePattern = /^[a-z0-9][a-z0-9._-]{0,31}$/;

export type PersonProblem = 'usernameRule' | 'passwordTooShort' | 'passwordsDiffer';

export function usernameProblem(username: string): PersonProblem | undefined {
  return usernamePattern.test(username) ? undefined : 'usernameRule';
}

export function passwordProblem(password: string): PersonProblem | undefined {
  return password.length < shortestPassword ? 'passwordTooShort' : undefined;
}

export function repeatProblem(password: string, repeated: string): PersonProblem | undefined {
  return password === repeated ? undefined : 'passwordsDiffer';
}
