import { expect, test } from 'vitest';
import { joinText, parseJoinText } from '../../../../src/renderer/features/shared/join-text.ts';

const whole = { code: '0H48S-M8NB6-EY49K-ANVNT', addresses: ['192.168.1.20:7422', '[fe80::1]:7422'] };

test('a code and its addresses are read back from the text that is copied', () => {
  expect(joinText(whole)).toBe('0H48S-M8NB6-EY49K-ANVNT\n192.168.1.20:7422\n[fe80::1]:7422');
  expect(parseJoinText(joinText(whole))).toEqual(whole);
});

test('line ends and spaces of a mail do not matter; one line is no such text', () => {
  expect(parseJoinText('  0H48S-M8NB6-EY49K-ANVNT \r\n\r\n 192.168.1.20:7422 \n[fe80::1]:7422\n')).toEqual(whole);
  expect([parseJoinText('0H48S-M8NB6-EY49K-ANVNT'), parseJoinText('')]).toEqual([undefined, undefined]);
});
