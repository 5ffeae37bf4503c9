import { describe, expect, test } from 'vitest';
import { plainTarget, scopeOf, TargetGuard } from '../../../../../../../src/main/node/tunnel/agent/origin/target-guard.ts';

/** security.md row 56. */
describe('Where a tunnel may lead', () => {
  test.each([
    ['127.0.0.1', 'loopback'],
    ['127.255.0.9', 'loopback'],
    ['::1', 'loopback'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['::ffff:7f00:1', 'loopback'],
    ['0:0:0:0:0:ffff:a9fe:a9fe', 'linkLocal'],
    ['169.254.169.254', 'linkLocal'],
    ['100.100.100.200', 'linkLocal'],
    ['fd00:ec2::254', 'linkLocal'],
    ['fe80::1', 'linkLocal'],
    ['fe80::1%eth0', 'linkLocal'],
    ['10.1.2.3', 'private'],
    ['192.168.1.4', 'private'],
    ['fd12::1', 'private'],
    ['0.0.0.0', 'none'],
    ['::', 'none'],
    ['224.0.0.1', 'none'],
    ['255.255.255.255', 'none'],
    ['64:ff9b::7f00:1', 'none'],
    ['2002:7f00:1::', 'none'],
    ['93.184.216.34', 'public'],
    ['2606:2800:220:1::1', 'public'],
  ])('%s is %s', (address, scope) => {
    expect(scopeOf(address)).toBe(scope);
  });

  test.each([
    ['localhost.', 'localhost'],
    ['LOCALHOST', 'localhost'],
    ['[::1]', '::1'],
    ['::ffff:127.0.0.1', '127.0.0.1'],
    ['::FFFF:7F00:0001', '127.0.0.1'],
    ['printer.lan.', 'printer.lan'],
  ])('%s is compared and connected to as %s', (host, plain) => {
    expect(plainTarget({ host, port: 22 })).toEqual({ host: plain, port: 22 });
  });

  test.each([
    '2130706433',
    '0x7f000001',
    '127.1',
    '0x7f.1',
    '0177.0.0.1',
    '127.0.0.1.',
    '0.0.0.0',
    '::',
    'a b',
    'evil\r\nhost',
    '',
    'a..b',
    'host:80',
  ])('%j cannot be a target: it means several things, or none', (host) => {
    expect(() => plainTarget({ host, port: 22 })).toThrow(/cannot be the target/);
  });

  test('a name that answers with the metadata service leads nowhere', () => {
    const guard = new TargetGuard({ host: 'camera.lan', port: 80 });
    for (const address of ['169.254.169.254', '::ffff:169.254.169.254', 'fe80::1', '0.0.0.0', '93.184.216.34'])
      expect(() => guard.permit([address])).toThrow(/may not lead/);
  });

  test('the metadata service can be a target when it is what was configured, by its address', () => {
    expect(new TargetGuard({ host: '169.254.169.254', port: 80 }).permit(['169.254.169.254'])).toEqual(['169.254.169.254']);
  });

  test('an address leads to itself alone', () => {
    expect(() => new TargetGuard({ host: '127.0.0.1', port: 80 }).permit(['127.0.0.2'])).toThrow(/may not lead/);
  });

  test('localhost never leads to another machine', () => {
    expect(() => new TargetGuard({ host: 'localhost', port: 80 }).permit(['192.168.1.1'])).toThrow(/may not lead/);
    expect(new TargetGuard({ host: 'localhost.', port: 80 }).permit(['::1', '127.0.0.1'])).toEqual(['::1', '127.0.0.1']);
  });

  test('a name whose answer changes from a machine nearby to this one leads nowhere from then on', () => {
    const guard = new TargetGuard({ host: 'camera.lan', port: 80 });
    expect(guard.permit(['192.168.1.9'])).toEqual(['192.168.1.9']);
    expect(() => guard.permit(['127.0.0.1'])).toThrow(/may not lead/);
    expect(guard.permit(['127.0.0.1', '192.168.1.10'])).toEqual(['192.168.1.10']);
  });

  test('of an answer with both kinds only those like the first count', () => {
    expect(new TargetGuard({ host: 'camera.lan', port: 80 }).permit(['192.168.1.9', '127.0.0.1'])).toEqual(['192.168.1.9']);
  });
});
