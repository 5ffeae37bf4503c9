import { describe, expect, it } from 'vitest';
import type { LocalCallResponse } from '../../../src/main/node/router/index.ts';
import { startFaultProxy } from '../../helpers/fault-proxy.ts';
import { brokerKinds, deferred, startBroker, startCluster, untilAborted, untilReachability } from '../../helpers/federated-router.ts';
import { principalWith } from '../../helpers/router-fixture.ts';

describe.each(brokerKinds)('flow 7, the answer to a programmatic call, over %s', (kind) => {
  it('reaches its own callback once, as result, as error, or as the loss of the node', async () => {
    const started = deferred();
    const url = await startBroker(kind);
    const proxy = await startFaultProxy(url);
    const [alpha, bravo] = await startCluster(
      { url },
      { name: 'alpha' },
      {
        name: 'bravo',
        url: proxy.url,
        handlers: () => ({
          'config.get': () => ({ values: { b: 2 } }),
          'config.schema': (_params, { signal }) => {
            started.resolve();
            return untilAborted(signal);
          },
        }),
      },
    );
    const options = { principal: principalWith('viewer') };
    const ask = (method: string, params: Record<string, unknown> = {}) => {
      const { promise, resolve } = deferred<LocalCallResponse>();
      let calls = 0;
      alpha.router.initiateRemoteRpc(
        'bravo',
        method,
        params,
        (response) => {
          calls++;
          resolve(response);
        },
        options,
      );
      return promise.then((response) => ({ response, calls }));
    };
    expect(await ask('config.get')).toEqual({ response: { status: 'success', data: { values: { b: 2 } } }, calls: 1 });
    expect((await ask('config.get', { no: 1 })).response).toMatchObject({ status: 'error', code: 'INVALID_PARAMS' });
    const lost = ask('config.schema');
    await started.promise;
    proxy.refuse();
    await untilReachability(alpha, bravo.nodeId, 'offline');
    expect(await lost).toMatchObject({ response: { status: 'error', code: 'NODE_LOST', executed: 'maybe' }, calls: 1 });
  });
});
