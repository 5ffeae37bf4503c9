import { describe, expect, it } from 'vitest';
import { accessFormOf, emptyAccess, readAccess } from '../../../../src/renderer/features/tunnels/model/access-form.ts';
import {
  addressToBe,
  agentIdFrom,
  parseTarget,
  servicesToChoose,
  targetText,
} from '../../../../src/renderer/features/tunnels/model/address.ts';
import { byAddress, emptyExpose, readExpose, readPublicPort } from '../../../../src/renderer/features/tunnels/model/expose-form.ts';
import { changedSettings, gatewayFormOf, isLoopback, usualGateway } from '../../../../src/renderer/features/tunnels/model/gateway-form.ts';

describe('the local service', () => {
  it('is a port, or a host and a port', () => {
    expect(parseTarget('3000')).toEqual({ host: 'localhost', port: 3_000 });
    expect(parseTarget(' :8080 ')).toEqual({ host: 'localhost', port: 8_080 });
    expect(parseTarget('printer.local:9100')).toEqual({ host: 'printer.local', port: 9_100 });
    expect(parseTarget('[::1]:80')).toEqual({ host: '::1', port: 80 });
    for (const wrong of ['', '0', '70000', 'printer', 'http://localhost:3000', '3000 4000', 'a:b'])
      expect(parseTarget(wrong)).toBeUndefined();
  });

  it('is written as it is read', () => {
    for (const text of ['3000', 'printer:9100', '[fd00::1]:80']) expect(targetText(parseTarget(text) ?? { host: '', port: 0 })).toBe(text);
  });

  it('is offered once a port, those of Signalbox last', () => {
    const service = (port: number, process: string | null, own = false) => ({ port, address: '127.0.0.1', process, own });
    const offered = servicesToChoose([
      service(9_001, 'signalbox', true),
      service(3_000, null),
      service(3_000, 'node'),
      service(80, 'nginx'),
    ]);
    expect(offered.map(({ port, process }) => [port, process])).toEqual([
      [80, 'nginx'],
      [3_000, 'node'],
      [9_001, 'signalbox'],
    ]);
  });
});

describe('the address to be', () => {
  const gateway = { domain: 'field.example', public: { host: '0.0.0.0', port: 8_082, tls: false } };

  it('is the name under the domain, with the port when it is not the usual one', () => {
    expect(addressToBe('http', 'orders', gateway)).toBe('http://orders.field.example:8082/');
    expect(addressToBe('http', 'orders', { ...gateway, public: { host: '', port: 443, tls: true } })).toBe('https://orders.field.example/');
    expect(addressToBe('http', 'orders', { ...gateway, public: { host: '', port: 80, tls: false } })).toBe('http://orders.field.example/');
  });

  it('is the port that is asked for, of a raw tunnel', () => {
    expect(addressToBe('tcp', 'orders', gateway, '20007')).toBe('tcp://field.example:20007');
  });

  it('is not known for TCP, without a name, or of a gateway elsewhere', () => {
    expect(addressToBe('tcp', 'orders', gateway)).toBeUndefined();
    expect(addressToBe('tcp', 'orders', gateway, 'ssh')).toBeUndefined();
    expect(addressToBe('http', '', gateway)).toBeUndefined();
    expect(addressToBe('http', 'orders', undefined)).toBeUndefined();
  });

  it('begins with what the program is called, as a host name may', () => {
    expect(agentIdFrom('Node.js Server')).toBe('node-js-server');
    expect(agentIdFrom('--')).toBe('');
  });
});

describe('who may come in', () => {
  it('is everybody while nothing is written', () => {
    expect(readAccess(emptyAccess)).toEqual({ access: { basicAuth: null, allowedAddresses: [], requestsPerSecond: null } });
  });

  it('names the fields that cannot be read', () => {
    expect(readAccess({ username: 'ada', password: '', addresses: 'everywhere', rate: '-1' })).toEqual({
      wrong: ['password', 'addresses', 'rate'],
    });
    expect(readAccess({ ...emptyAccess, password: 'x' })).toEqual({ wrong: ['username'] });
  });

  it('reads networks, and shows no password', () => {
    expect(readAccess({ username: 'ada', password: 'secret', addresses: '10.1.0.0/16, fd00::/8', rate: '5' })).toEqual({
      access: { basicAuth: { username: 'ada', password: 'secret' }, allowedAddresses: ['10.1.0.0/16', 'fd00::/8'], requestsPerSecond: 5 },
    });
    expect(accessFormOf({ basicAuth: { username: 'ada' }, allowedAddresses: ['10.0.0.1'], requestsPerSecond: 2 })).toEqual({
      username: 'ada',
      password: '',
      addresses: '10.0.0.1',
      rate: '2',
    });
  });
});

describe('exposing', () => {
  const form = { ...emptyExpose('node-a'), service: '3000', name: 'orders', gateway: 'node-g' };

  it('needs a port, a name and a gateway', () => {
    expect(readExpose(emptyExpose('node-a'), new Set())).toEqual({ wrong: ['service', 'name', 'gateway'] });
    expect(readExpose(form, new Set(['orders']))).toEqual({ wrong: ['taken'] });
    expect(readExpose(form, new Set())).toMatchObject({ params: { agentId: 'orders', gateway: { nodeId: 'node-g' }, kind: 'http' } });
  });

  it('takes a gateway by its address with a token', () => {
    const elsewhere = { ...form, gateway: byAddress };
    expect(readExpose(elsewhere, new Set())).toEqual({ wrong: ['url', 'tokenId', 'secret'] });
    expect(
      readExpose({ ...elsewhere, url: 'wss://gw:8080/tunnel', tokenId: 'T-1', secret: 's', authority: true }, new Set()),
    ).toMatchObject({
      params: { gateway: { url: 'wss://gw:8080/tunnel', tokenId: 'T-1', secret: 's', legacy: false, verify: 'authority' } },
    });
  });
});

describe('the public port of a raw tunnel', () => {
  const form = { ...emptyExpose('node-a'), service: '5432', name: 'db', gateway: 'node-g', kind: 'tcp' as const };

  it('is any one while nothing is written, else a port', () => {
    expect(['', ' ', '20007', ' 1 ', '0', '65536', '-1', '2e4', 'ssh'].map(readPublicPort)).toEqual([
      null,
      null,
      20_007,
      1,
      ...Array.from({ length: 5 }, () => undefined),
    ]);
    expect(readExpose(form, new Set(), '20000-20099')).toMatchObject({ params: { publicPort: null } });
    expect(readExpose({ ...form, publicPort: '20007' }, new Set(), '20000-20099')).toMatchObject({ params: { publicPort: 20_007 } });
    expect(readExpose({ ...form, publicPort: 'ssh' }, new Set())).toEqual({ wrong: ['publicPort'] });
  });

  it('must be one that the gateway gives out, when that is known', () => {
    expect(readExpose({ ...form, publicPort: '22' }, new Set(), '20000-20099, 2222')).toEqual({ wrong: ['portNotOffered'] });
    expect(readExpose({ ...form, publicPort: '22' }, new Set())).toMatchObject({ params: { publicPort: 22 } });
    expect(readExpose(form, new Set(), '')).toEqual({ wrong: ['noPorts'] });
  });

  it('is not asked for by other kinds, whatever was written before', () => {
    expect(readExpose({ ...form, kind: 'http', publicPort: 'ssh' }, new Set(), '')).toMatchObject({ params: { publicPort: null } });
  });
});

describe('settings of a gateway', () => {
  it('shows what the node has, and sends what was changed alone', () => {
    const form = gatewayFormOf({ 'gateway.domain': 'field.example', 'gateway.enabled': true });
    expect(form).toEqual({ ...usualGateway, 'gateway.domain': 'field.example' });
    expect(changedSettings(form, { ...form, 'gateway.publicHost': '0.0.0.0' })).toEqual({ 'gateway.publicHost': '0.0.0.0' });
    expect(['127.0.0.1', '::1', 'localhost', '0.0.0.0'].map(isLoopback)).toEqual([true, true, true, false]);
  });
});
