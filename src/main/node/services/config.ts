import type { configContract } from '../../../common/contract/config.ts';
import { SignalboxError } from '../../../common/errors.ts';
import { type Config, isSettingKey, settingKeys } from '../config/index.ts';
import type { Handlers } from '../router/types.ts';

/** The node's settings. */
export function createConfigService({ config }: { readonly config: Config }): Handlers<keyof typeof configContract> {
  return {
    'config.get': ({ keys = settingKeys }) => ({
      values: Object.fromEntries(
        keys.map((key) => {
          if (!isSettingKey(key))
            throw new SignalboxError('NOT_FOUND', `There is no setting "${key}" on this node. config.schema names them.`, {
              executed: 'no',
            });
          return [key, config.get(key)];
        }),
      ),
    }),
    'config.set': ({ values }) => config.set(values),
    'config.schema': () => ({ settings: config.describe() }),
    'config.validate': ({ values }) => config.validate(values),
  };
}
