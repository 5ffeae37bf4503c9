import { describe, expect, it } from 'vitest';
import { displayObstacles, missingLibraries, packagesOf, usesLongTimeNames } from '../../../scripts/lib/desktop-checks.mjs';

describe('what keeps a window from opening', () => {
  it('names the libraries that ldd did not find, and their packages once', () => {
    const output =
      '\tlibnss3.so => not found\n\tlibnssutil3.so => not found\n\tlibc.so.6 => /lib/libc.so.6 (0x7f)\n\tlibgtk-3.so.0 => not found\n';
    expect(missingLibraries(output)).toEqual(['libnss3.so', 'libnssutil3.so', 'libgtk-3.so.0']);
    expect(packagesOf(missingLibraries(output), false)).toEqual({ known: ['libgtk-3-0', 'libnss3'], unknown: [] });
  });

  it('uses the newer names where the system has them', () => {
    expect(packagesOf(['libasound.so.2', 'libgbm.so.1', 'libodd.so'], true)).toEqual({
      known: ['libasound2t64', 'libgbm1'],
      unknown: ['libodd.so'],
    });
    expect(usesLongTimeNames('ID=debian\nVERSION_ID="12"\n')).toBe(false);
    expect(usesLongTimeNames('ID=debian\nVERSION_ID="13"\n')).toBe(true);
    expect(usesLongTimeNames('ID=debian\n')).toBe(true);
    expect(usesLongTimeNames('ID=ubuntu\nVERSION_ID="22.04"\n')).toBe(false);
    expect(usesLongTimeNames('ID=ubuntu\nVERSION_ID="24.04"\n')).toBe(true);
    expect(usesLongTimeNames('ID=fedora\nVERSION_ID=41\n')).toBe(false);
  });

  it('says that there is no display', async () => {
    expect(await displayObstacles({})).toEqual(['There is no display here: neither DISPLAY nor WAYLAND_DISPLAY is set.']);
  });

  it('says that a display does not answer', async () => {
    expect(await displayObstacles({ DISPLAY: ':64999' })).toEqual(['The display :64999 does not answer.']);
    expect(await displayObstacles({ DISPLAY: 'far.example:0' })).toEqual([]);
    expect(await displayObstacles({ WAYLAND_DISPLAY: 'wayland-0' })).toEqual([]);
  });
});
