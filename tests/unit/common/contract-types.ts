/** Checked by the type check alone, never run: what must not compile does not. */
import type { NodeClient } from '../../../src/common/client/node-client.ts';
import type { Handlers, Router } from '../../../src/main/node/router/index.ts';

export async function wrongCallsDoNotCompile(client: NodeClient, router: Router): Promise<void> {
  await client.call('logs.tail', { name: 'router', lines: 5 });
  // @ts-expect-error a number where a text is needed
  await client.call('logs.tail', { name: 1 });
  // @ts-expect-error a param that the method does not have
  await client.call('logs.tail', { name: 'router', colour: 'red' });
  // @ts-expect-error a param that is missing
  await client.call('logs.tail', {});
  // @ts-expect-error a method that does not exist
  await client.call('logs.tale', { name: 'router' });
  // @ts-expect-error a role that does not exist
  await client.call('users.setRole', { username: 'eve', role: 'owner' });

  const { users } = await client.call('users.list', {});
  // @ts-expect-error a field that the result does not have
  users[0]?.passwordSha256;

  router.register({ 'users.list': () => ({ users: [] }) });
  // @ts-expect-error a result that breaks the contract
  router.register({ 'users.list': () => ({ people: [] }) });
  // @ts-expect-error a handler that wants other params
  const wrong: Handlers<'logs.tail'> = { 'logs.tail': (_params: { lines: string }) => ({ entries: [], dropped: 0 }) };
  void wrong;
}
