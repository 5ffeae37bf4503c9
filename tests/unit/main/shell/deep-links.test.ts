import { describe, expect, it } from 'vitest';
import { readDeepLink } from '../../../../src/main/shell/deep-links.ts';

describe('readDeepLink', () => {
  it.each([
    ['signalbox://view/overview', '/overview'],
    ['signalbox://view/events?topic=%2Fstats', '/events?topic=%2Fstats'],
    ['signalbox://view/rpc?method=system.info', '/rpc?method=system.info'],
  ])('opens a view: %s', (link, path) => {
    expect(readDeepLink(link)).toBe(path);
  });

  // security.md row 66: a link comes from any web page and can at most open a view.
  it.each([
    'signalbox://join?code=AAAAA-BBBBB',
    'signalbox://view/node.restart',
    'signalbox://view/rpc/../settings/x',
    'signalbox://view/constructor',
    'signalbox://view/__proto__',
    'signalbox://view/rpc?method=node.restart&run=1',
    'signalbox://view/rpc?method=%3Cscript%3E',
    'signalbox://view/rpc?method=a&method=b',
    'signalbox://user:secret@view/rpc',
    'signalbox://view/rpc#run',
    'signalbox:view/rpc',
    'https://view/rpc',
    'javascript:alert(1)',
    'not a link',
    `signalbox://view/events?topic=${'a'.repeat(3_000)}`,
  ])('refuses %s', (link) => {
    expect(readDeepLink(link)).toBeUndefined();
  });
});
