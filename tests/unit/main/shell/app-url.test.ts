import { describe, expect, it } from 'vitest';
import { isAppUrl, readAppPath } from '../../../../src/main/shell/app-url.ts';

describe('readAppPath', () => {
  it.each([
    ['app://ui/', '/index.html'],
    ['app://ui/index.html', '/index.html'],
    ['app://ui/assets/index-B_f9.js?v=1#x', '/assets/index-B_f9.js'],
  ])('reads %s', (url, path) => {
    expect(readAppPath(url)).toBe(path);
  });

  // security.md row 64
  it.each([
    'app://ui/..%2f..%2fetc/passwd',
    'app://ui/%2e%2e/%2e%2e/etc/passwd',
    'app://ui/../../etc/passwd',
    'app://ui/assets/..\\..\\secret.js',
    'app://ui/assets/%5c%5cserver%5cshare.js',
    'app://ui/index.html%00.js',
    'app://ui/%',
    'app://ui//etc/passwd',
    'app://ui/.vite/manifest.json',
    'app://ui/con.js',
    'app://ui/NUL',
    'app://ui/c:/windows/win.ini',
    'app://ui.example/index.html',
    'app://other/index.html',
    'file:///etc/passwd',
  ])('refuses %s', (url) => {
    expect(readAppPath(url)).toBeUndefined();
  });
});

describe('isAppUrl', () => {
  it('is not taken in by an address that starts alike', () => {
    expect(isAppUrl('app://ui/index.html')).toBe(true);
    expect(isAppUrl('app://ui')).toBe(true);
    expect(isAppUrl('app://ui.example/')).toBe(false);
    expect(isAppUrl('app://uix')).toBe(false);
  });
});
