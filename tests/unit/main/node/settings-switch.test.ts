import { expect, test } from 'vitest';
import { SettingsSwitch } from '../../../../src/main/node/settings-switch.ts';
import { until } from '../../../helpers/until.ts';

function switched({ fails = false } = {}) {
  const done: string[] = [];
  const state = { wanted: true };
  const turn = (what: string) => async () => {
    done.push(what);
    await new Promise((resolve) => setImmediate(resolve));
    if (fails && what === 'begin') throw new Error('no room');
    done.push(`${what} over`);
  };
  const onFailed = (error: unknown) => done.push((error as Error).message);
  const by = new SettingsSwitch({ wanted: () => state.wanted, begin: turn('begin'), end: turn('end'), onFailed });
  return { by, state, done };
}

test('what runs is gone before the next begins, and nothing begins that is not wanted then', async () => {
  const { by, state, done } = switched();
  by.turn();
  by.turn();
  await until(() => done.filter((what) => what === 'begin over').length === 2);
  const once = ['end', 'end over', 'begin', 'begin over'];
  expect(done.splice(0)).toEqual([...once, ...once]);
  by.turn();
  state.wanted = false;
  await by.stop();
  expect(done).toEqual(['end', 'end over', 'end', 'end over']);
});

test('nothing begins once it was stopped', async () => {
  const { by, done } = switched();
  by.turn();
  await by.stop();
  expect(done).toEqual(['end', 'end over', 'end', 'end over']);
});

test('what cannot begin is told, and is tried again at the next turn', async () => {
  const { by, done } = switched({ fails: true });
  by.turn();
  by.turn();
  await until(() => done.filter((what) => what === 'no room').length === 2);
  expect(done).not.toContain('begin over');
});
