import { describe, expect, it } from 'vitest';
import { brokerKinds, deferred, failure, startCluster, untilAborted } from '../../helpers/federated-router.ts';

describe.each(brokerKinds)('flow 2, browser to remote node, over %s', (kind) => {
  it('forwards a call to the node of an id or a name', async () => {
    const [alpha, bravo] = await startCluster(
      kind,
      { name: 'alpha' },
      {
        name: 'bravo',
        handlers: () => ({ 'config.validate': ({ values }) => ({ valid: true, issues: [], restartNeeded: Object.keys(values) }) }),
      },
    );
    const client = alpha.client();
    for (const options of [{ serviceId: bravo.nodeId }, { serviceId: 'bravo' }, { target: { node: 'bravo' } }])
      await expect(client.call('config.validate', { values: { größe: '✓' } }, options)).resolves.toMatchObject({
        restartNeeded: ['größe'],
      });
  });

  it('carries progress, and cancels the handler on the far node', async () => {
    const aborted = deferred<unknown>();
    const started = deferred();
    const [alpha] = await startCluster(
      kind,
      { name: 'alpha' },
      {
        name: 'bravo',
        handlers: () => ({
          'system.history': (_params, { progress, signal }) => {
            for (let step = 1; step <= 3; step++) progress({ step });
            started.resolve();
            return new Promise((_, reject) => {
              signal.addEventListener('abort', () => {
                aborted.resolve(signal.reason);
                reject(signal.reason);
              });
            });
          },
        }),
      },
    );
    const interrupt = new AbortController();
    const steps: unknown[] = [];
    const threeSteps = deferred();
    const call = failure(
      alpha.client().callUnknown(
        'system.history',
        {},
        {
          serviceId: 'bravo',
          signal: interrupt.signal,
          onProgress: (data) => {
            steps.push(data);
            if (steps.length === 3) threeSteps.resolve();
          },
        },
      ),
    );
    await started.promise;
    await threeSteps.promise;
    interrupt.abort();
    expect((await call).code).toBe('CANCELLED');
    expect(await aborted.promise).toMatchObject({ code: 'CANCELLED' });
    expect(steps).toEqual([{ step: 1 }, { step: 2 }, { step: 3 }]);
    expect(alpha.federation.gateway.pending.size).toBe(0);
  });

  it('tells the far node the deadline, and both end the call at it', async () => {
    const deadline = deferred<number>();
    const aborted = deferred<unknown>();
    const [alpha] = await startCluster(
      kind,
      { name: 'alpha' },
      {
        name: 'bravo',
        handlers: () => ({
          'config.get': (_params, { deadlineMs, signal }) => {
            deadline.resolve(deadlineMs);
            signal.addEventListener('abort', () => aborted.resolve(signal.reason));
            return untilAborted(signal);
          },
        }),
      },
    );
    // The call has to come there first, also over a busy machine.
    const timeoutMs = 1_500;
    const askedAtMs = Date.now();
    const error = await failure(alpha.client().call('config.get', {}, { serviceId: 'bravo', timeoutMs }));
    expect(error.toShape()).toMatchObject({ code: 'TIMEOUT', executed: 'maybe' });
    expect((await deadline.promise) - askedAtMs).toBeGreaterThanOrEqual(timeoutMs);
    expect(await aborted.promise).toBeDefined();
  });

  it('brings back errors as they are, and what the far node refuses', async () => {
    const [alpha] = await startCluster(
      kind,
      { name: 'alpha' },
      {
        name: 'bravo',
        federation: { unsignedRole: () => 'viewer' },
        handlers: () => ({ 'config.get': () => ({ values: {} }), 'config.set': () => ({ applied: [], restartNeeded: [] }) }),
      },
    );
    const client = alpha.client();
    expect((await failure(client.callUnknown('no.such', {}, { serviceId: 'bravo' }))).code).toBe('METHOD_NOT_FOUND');
    expect((await failure(client.callUnknown('config.get', { extra: 1 }, { serviceId: 'bravo' }))).toShape()).toMatchObject({
      code: 'INVALID_PARAMS',
      executed: 'no',
      data: { issues: [{ path: '/extra' }] },
    });
    // An administrator here is not more than the far node grants.
    expect((await failure(client.call('config.set', { values: {} }, { serviceId: 'bravo' }))).code).toBe('FORBIDDEN');
  });

  it('says at once when there is no such node', async () => {
    const [alpha, bravo] = await startCluster(kind, { name: 'alpha' }, { name: 'bravo' });
    const client = alpha.client();
    expect((await failure(client.call('config.get', {}, { serviceId: 'nobody' }))).toShape()).toMatchObject({
      code: 'NODE_UNREACHABLE',
      executed: 'no',
    });
    await bravo.stop();
    expect((await failure(client.call('config.get', {}, { serviceId: 'bravo' }))).toShape()).toMatchObject({
      code: 'NODE_UNREACHABLE',
      executed: 'no',
    });
  });

  it('chooses the least loaded node that has a capability', async () => {
    const answer = (from: string) => () => ({ 'config.get': () => ({ values: { from } }) });
    const [alpha] = await startCluster(
      kind,
      { name: 'alpha' },
      { name: 'bravo', capabilities: ['printer'], load: () => 9, handlers: answer('bravo') },
      { name: 'charlie', capabilities: ['printer'], load: () => 2, handlers: answer('charlie') },
    );
    const client = alpha.client();
    await expect(client.call('config.get', {}, { target: { any: 'printer' } })).resolves.toEqual({ values: { from: 'charlie' } });
    expect((await failure(client.call('config.get', {}, { target: { any: 'oven' } }))).code).toBe('NODE_UNREACHABLE');
  });

  it('gathers the answers of all nodes, failures among them', async () => {
    const answer = (from: string) => () => ({ 'config.get': () => ({ values: { from } }) });
    const [alpha, bravo, charlie] = await startCluster(
      kind,
      { name: 'alpha', handlers: answer('alpha') },
      { name: 'bravo', handlers: answer('bravo') },
      { name: 'charlie' },
    );
    const seen: unknown[] = [];
    const gathered = (await alpha
      .client()
      .callUnknown('config.get', {}, { target: { all: true }, onProgress: (data) => seen.push(data) })) as {
      results: { node: string; status: string; data?: unknown; error?: { code: string } }[];
      missing: string[];
    };
    const byNode = new Map(gathered.results.map((result) => [result.node, result]));
    expect(byNode.get(alpha.nodeId)).toMatchObject({ status: 'success', data: { values: { from: 'alpha' } } });
    expect(byNode.get(bravo.nodeId)).toMatchObject({ status: 'success', data: { values: { from: 'bravo' } } });
    expect(byNode.get(charlie.nodeId)).toMatchObject({ status: 'error', error: { code: 'METHOD_NOT_FOUND' } });
    expect(gathered.missing).toEqual([]);
    expect(seen).toHaveLength(3);
  });
});
