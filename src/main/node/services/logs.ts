import type { logsContract } from '../../../common/contract/logs.ts';
import { SignalboxError } from '../../../common/errors.ts';
import type { Handlers } from '../router/types.ts';
import type { Logs } from '../telemetry/index.ts';
import { logTopic } from './log-feed.ts';

/** The node's logs: list, last lines, how much they say. */
export function createLogsService({ logs }: { readonly logs: Logs }): Handlers<keyof typeof logsContract> {
  const check = (name: string): void => {
    if (name !== 'all' && !logs.has(name))
      throw new SignalboxError('NOT_FOUND', `There is no log "${name}" on this node. logs.list names them.`, { executed: 'no' });
  };
  return {
    'logs.list': () => logs.list().map((log) => ({ ...log, topic: logTopic(log.name) })),
    'logs.tail': (params) => {
      check(params.name);
      return logs.tail(params);
    },
    'logs.setLevel': ({ name, level }) => {
      check(name);
      return { changed: logs.setLevel(name, level) };
    },
  };
}
