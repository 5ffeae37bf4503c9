import { describe, expect, it } from 'vitest';
import type { LocalCallResponse } from '../../../src/main/node/router/index.ts';
import { brokerKinds, deferred, failure, startCluster, untilAborted } from '../../helpers/federated-router.ts';
import { principalWith } from '../../helpers/router-fixture.ts';

const options = { principal: principalWith('operator') };

describe.each(brokerKinds)('flow 6, a part of this node calls a remote one, over %s', (kind) => {
  it('with a promise', async () => {
    const [alpha] = await startCluster(
      kind,
      { name: 'alpha' },
      { name: 'bravo', handlers: () => ({ 'config.get': () => ({ values: { b: 2 } }) }) },
    );
    await expect(alpha.router.callAt({ node: 'bravo' }, 'config.get', {}, options)).resolves.toEqual({ values: { b: 2 } });
    expect((await failure(alpha.router.callAt({ node: 'nobody' }, 'config.get', {}, options))).code).toBe('NODE_UNREACHABLE');
  });

  it('with a callback', async () => {
    const [alpha] = await startCluster(
      kind,
      { name: 'alpha' },
      { name: 'bravo', handlers: () => ({ 'config.get': () => ({ values: { b: 2 } }) }) },
    );
    const response = deferred<LocalCallResponse>();
    alpha.router.initiateRemoteRpc('bravo', 'config.get', {}, response.resolve, options);
    expect(await response.promise).toEqual({ status: 'success', data: { values: { b: 2 } } });
  });

  it('can be cancelled', async () => {
    const aborted = deferred();
    const [alpha] = await startCluster(
      kind,
      { name: 'alpha' },
      {
        name: 'bravo',
        handlers: () => ({
          'config.get': (_params, { signal }) => {
            signal.addEventListener('abort', () => aborted.resolve());
            return untilAborted(signal);
          },
        }),
      },
    );
    const interrupt = new AbortController();
    const call = failure(alpha.router.callAt({ node: 'bravo' }, 'config.get', {}, { ...options, signal: interrupt.signal }));
    await new Promise((resolve) => setImmediate(resolve));
    interrupt.abort();
    expect((await call).code).toBe('CANCELLED');
    await aborted.promise;
  });
});
