import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readStartArguments } from '../../../../src/main/shell/start-arguments.ts';

const commands = ['start', 'call', 'status'];
const installed = (...own: string[]) => readStartArguments({ argv: ['/opt/Signalbox/signalbox', ...own], appPath: undefined, commands });

describe('readStartArguments', () => {
  it('opens the window without arguments', () => {
    expect(installed()).toEqual({ kind: 'desktop', dataFolder: undefined, port: undefined, link: undefined });
  });

  it('takes a command word for the command line, with everything after it', () => {
    expect(installed('call', 'system.info', '--params', '{}')).toEqual({ kind: 'cli', argv: ['call', 'system.info', '--params', '{}'] });
  });

  it('passes over switches before the command word', () => {
    expect(installed('--inspect=0', 'call', 'x', '--json')).toEqual({ kind: 'cli', argv: ['call', 'x', '--json'] });
  });

  it('takes --headless for the command start', () => {
    expect(installed('--headless', '--data', '/d')).toEqual({ kind: 'cli', argv: ['start', '--data', '/d'] });
    expect(installed('start', '--headless')).toEqual({ kind: 'cli', argv: ['start'] });
  });

  it('gives help and version to the command line', () => {
    expect(installed('--help').kind).toBe('cli');
    expect(installed('--version').kind).toBe('cli');
  });

  it('passes over the runtime, its switches and the application folder', () => {
    const argv = ['/runtime/electron', '--inspect=0', '--no-sandbox', '.', '--data', 'there', '--port', '0'];
    expect(readStartArguments({ argv, appPath: process.cwd(), commands })).toEqual({
      kind: 'desktop',
      dataFolder: resolve('there'),
      port: 0,
      link: undefined,
    });
  });

  it('does not take the value of an option for a command', () => {
    expect(installed('--data', 'start')).toMatchObject({ kind: 'desktop', dataFolder: resolve('start') });
  });

  it('finds a link, and passes over a port that is none', () => {
    expect(installed('signalbox://view/events', '--port', '70000')).toMatchObject({
      kind: 'desktop',
      link: 'signalbox://view/events',
      port: undefined,
    });
  });
});
