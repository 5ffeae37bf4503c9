import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { SignalboxError } from '../../../src/common/errors.ts';
import { Config } from '../../../src/main/node/config/index.ts';
import { federationMigrations } from '../../../src/main/node/federation/index.ts';
import { FederationPart } from '../../../src/main/node/federation-part.ts';
import { noStanding } from '../../../src/main/node/peers/oversight.ts';
import { createStore, type Store } from '../../../src/main/node/store/index.ts';
import { Logs, Metrics, Problems } from '../../../src/main/node/telemetry/index.ts';
import { trustMigrations } from '../../../src/main/node/trust/index.ts';
import { randomNodeId } from '../../helpers/federated-node.ts';
import { createRouterFixture, recordingLogger } from '../../helpers/router-fixture.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

/** A hub's node with a store in which a test decides what becomes of writes. */
async function open(beforeWrite: () => Promise<void>) {
  const folder = await temporaryFolder();
  const overrides = { 'federation.mode': 'hub', 'federation.port': 0 };
  const config = await Config.load({ file: join(folder, 'config.json'), overrides });
  const store = createStore({
    file: join(folder, 'node.db'),
    migrations: [...federationMigrations, ...trustMigrations],
    logger: recordingLogger(),
  });
  await store.start();
  onTestFinished(() => store.stop());
  const guarded: Store = Object.assign(Object.create(store) as Store, {
    get: store.get.bind(store),
    all: store.all.bind(store),
    run: async (...args: Parameters<Store['run']>) => {
      await beforeWrite();
      return store.run(...args);
    },
  });
  const problems = new Problems();
  const part = new FederationPart({
    config,
    identity: { nodeId: randomNodeId(), publicKey: randomBytes(32) } as never,
    cluster: () => undefined,
    audit: { record: () => undefined },
    version: '0.0.0',
    capabilities: () => [],
    load: () => 0,
    standing: noStanding,
    store: guarded,
    logs: new Logs({ level: 'info' }),
    metrics: new Metrics(),
    problems,
  });
  onTestFinished(() => part.stop());
  if (part.federation === undefined) throw new Error('federation is off');
  part.federation.attach(createRouterFixture({ remoteNodes: part.federation.gateway }).router);
  return { part, federation: part.federation, problems };
}

it('lets the node run while its start cannot be stored, and joins the others once it can', async () => {
  let attempts = 0;
  const { part, federation, problems } = await open(() =>
    ++attempts === 1 ? Promise.reject(new SignalboxError('STORAGE_FULL', 'The disk is full.')) : Promise.resolve(),
  );
  await part.start();
  expect(problems.list()).toMatchObject([{ id: 'federation.notStarted', detail: expect.stringContaining('The disk is full.') }]);
  await expect.poll(() => federation.link.connected).toBe(true);
  expect([problems.list(), federation.presence.epoch]).toEqual([[], 1]);
});

it('does not connect when it was stopped while its start was stored', async () => {
  let store: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => {
    store = resolve;
  });
  const { part, federation } = await open(() => asked);
  const starting = part.start();
  await expect.poll(() => part.hub?.port).toBeDefined();
  await part.stop();
  store();
  await starting;
  expect(federation.link.state.kind).toBe('off');
});
