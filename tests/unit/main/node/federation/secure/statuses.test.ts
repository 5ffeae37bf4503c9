import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { SignalboxError } from '../../../../../../src/common/errors.ts';
import { type PresenceMessage, presenceSchema } from '../../../../../../src/main/node/federation/presence-message.ts';
import { checkPresence, signPresence } from '../../../../../../src/main/node/federation/secure/index.ts';
import { Statuses } from '../../../../../../src/main/node/federation/secure/statuses.ts';
import { KnownKeys, toBase64url } from '../../../../../../src/main/node/identity/index.ts';
import { clusterId, clusterOf, personOf } from './people.ts';

const ada = personOf(1);
const bo = personOf(2);
const cy = personOf(3);
const keys = new KnownKeys();

const presenceOf = (person: typeof bo, fields: Partial<PresenceMessage> = {}): PresenceMessage =>
  presenceSchema.parse({
    serviceId: person.nodeId,
    status: 'online',
    name: 'press-07',
    version: '0.1.0',
    capabilities: ['router', 'press'],
    publicKey: toBase64url(person.publicKey),
    since: 1_795_000_000_000,
    epoch: 3,
    session: 2,
    instance: '5f0c2a',
    health: 'ok',
    load: 2,
    formats: ['envelope', 'batch'],
    ...fields,
  });

describe('a signed status', () => {
  const view = clusterOf([ada, bo]);
  const signed = signPresence(presenceOf(bo), clusterId, bo);

  it('is readable JSON, and good for this cluster alone', () => {
    expect(signed).toMatchObject({ name: 'press-07', status: 'online', signature: expect.stringMatching(/^[\w-]{86}$/) });
    checkPresence(presenceSchema.parse(JSON.parse(JSON.stringify(signed))), view, keys);
    expect(() => checkPresence(signed, { ...view, clusterId: new Uint8Array(32) }, keys)).toThrow(
      expect.objectContaining({ code: 'BAD_SIGNATURE' }),
    );
  });

  it.each([
    ['status', 'offline'],
    ['name', 'press-08'],
    ['version', '0.1.1'],
    ['capabilities', ['router', 'pres', 's']],
    ['capabilities', ['router']],
    ['since', 1],
    ['epoch', 4],
    ['session', 3],
    ['instance', '5f0c2b'],
    ['health', 'crit'],
    ['load', 3],
    ['formats', ['envelope']],
  ])('is refused when its %s is another', (field, value) => {
    expect(() => checkPresence({ ...signed, [field]: value }, view, keys)).toThrow(expect.objectContaining({ code: 'BAD_SIGNATURE' }));
  });

  it('is refused when any bit of its signature is turned, and as that of another node', () => {
    fc.assert(
      fc.property(fc.nat(64 * 8 - 1), (bit) => {
        const bytes = Buffer.from(signed.signature ?? '', 'base64url');
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(() => checkPresence({ ...signed, signature: toBase64url(bytes) }, view, keys)).toThrow();
      }),
    );
    const renamed = { ...signed, serviceId: ada.nodeId, publicKey: toBase64url(ada.publicKey) };
    expect(() => checkPresence(renamed, view, keys)).toThrow(expect.objectContaining({ code: 'BAD_SIGNATURE' }));
    expect(() => checkPresence({ ...signed, publicKey: toBase64url(ada.publicKey) }, view, keys)).toThrow(
      expect.objectContaining({ code: 'INVALID_PARAMS' }),
    );
  });
});

describe('statuses', () => {
  const members = [ada, bo];
  let taken: string[];
  let inCluster: boolean;
  let acceptUnsigned: boolean;
  let statuses: Statuses;

  beforeEach(() => {
    taken = [];
    inCluster = true;
    acceptUnsigned = false;
    members.length = 2;
    const view = clusterOf(members);
    statuses = new Statuses({
      nodeId: ada.nodeId,
      keys,
      cluster: () => (inCluster ? view : undefined),
      isMember: (id) => members.some(({ nodeId }) => nodeId === id),
      acceptUnsigned: () => acceptUnsigned,
      onStatus: ({ serviceId, status }, signed) => taken.push(`${serviceId.slice(0, 6)} ${status}${signed ? ', signed' : ''}`),
      onOwn: ({ status }) => taken.push(`own ${status}`),
    });
  });

  const take = (presence: PresenceMessage, retained = false): string => {
    try {
      statuses.take(presence, retained);
      return 'taken';
    } catch (error) {
      return (error as SignalboxError).code;
    }
  };
  const short = (person: typeof bo) => person.nodeId.slice(0, 6);

  it('of members count when they are signed, and never without', () => {
    acceptUnsigned = true;
    expect(take(signPresence(presenceOf(bo), clusterId, bo))).toBe('taken');
    expect(take(presenceOf(bo, { status: 'offline' }))).toBe('BAD_SIGNATURE');
    expect(take({ ...signPresence(presenceOf(bo), clusterId, bo), status: 'offline' })).toBe('BAD_SIGNATURE');
    expect(taken).toEqual([`${short(bo)} online, signed`]);
  });

  it('of strangers count only where unsigned messages are taken', () => {
    expect(take(presenceOf(cy))).toBe('BAD_SIGNATURE');
    acceptUnsigned = true;
    expect(take(presenceOf(cy))).toBe('taken');
    inCluster = false;
    expect(take(presenceOf(bo))).toBe('taken');
    expect(taken).toEqual([`${short(cy)} online`, `${short(bo)} online`]);
  });

  it('of a node that is let in a moment later are not lost', () => {
    expect(take(signPresence(presenceOf(cy), clusterId, cy))).toBe('NOT_MEMBER');
    statuses.membershipChanged();
    expect(taken).toEqual([]);
    members.push(cy);
    statuses.membershipChanged();
    statuses.membershipChanged();
    expect(taken).toEqual([`${short(cy)} online, signed`]);
  });

  it('under the own id alarm nobody who did not sign them', () => {
    expect(take(presenceOf(ada), true)).toBe('taken');
    expect(take(presenceOf(ada))).toBe('BAD_SIGNATURE');
    expect(taken).toEqual([]);
    expect(take(signPresence(presenceOf(ada), clusterId, ada))).toBe('taken');
    expect(taken).toEqual(['own online']);
  });
});
