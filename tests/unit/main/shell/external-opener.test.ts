import { describe, expect, it } from 'vitest';
import { addressLines, longestAddress, readExternalAddress } from '../../../../src/main/shell/external-address.ts';
import { ExternalOpener } from '../../../../src/main/shell/external-opener.ts';

/** An opener whose questions are answered by the test. */
function setUp(open: () => Promise<void> = async () => undefined) {
  const asked: string[] = [];
  const opened: string[] = [];
  const answers: ((yes: boolean) => void)[] = [];
  const opener = new ExternalOpener({
    ask: (url) => {
      asked.push(url.href);
      return new Promise((resolve) => answers.push(resolve));
    },
    open: async (href) => {
      await open();
      opened.push(href);
    },
  });
  return { opener, asked, opened, answer: (yes: boolean) => answers.shift()?.(yes) };
}

describe('an address that a page wants opened', () => {
  it.each([
    '',
    'orders.example',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'ms-settings:privacy',
    'tcp://orders.example:20000/',
    'https://ada@orders.example/',
    'https://:secret@orders.example/',
    `https://orders.example/${'a'.repeat(longestAddress)}`,
    // Short as written, long as it is opened.
    `https://orders.example/${'ü'.repeat(longestAddress / 4)}`,
  ])('is refused without a question: %s', async (link) => {
    const { opener, asked, opened } = setUp();
    await expect(opener.open(link)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect([asked, opened]).toEqual([[], []]);
  });

  it('is opened when the person says so, exactly as it was shown', async () => {
    const { opener, asked, opened, answer } = setUp();
    const outcome = opener.open('  http://Bücher.example:8082/a b?q=ü#\u202e ');
    answer(true);
    expect(await outcome).toBe(true);
    expect(asked).toEqual(['http://xn--bcher-kva.example:8082/a%20b?q=%C3%BC#%E2%80%AE']);
    expect(opened).toEqual(asked);
  });

  it('is not opened when the person does not want it', async () => {
    const { opener, opened, answer } = setUp();
    const outcome = opener.open('https://orders.example/');
    answer(false);
    expect(await outcome).toBe(false);
    expect(opened).toEqual([]);
  });

  it('of the documentation is opened at once, and of nothing that looks like it', async () => {
    const { opener, asked, opened } = setUp();
    expect(await opener.open('https://signalbox.invalid/tunnels')).toBe(true);
    expect([asked, opened]).toEqual([[], ['https://signalbox.invalid/tunnels']]);
    const others = ['http://signalbox.invalid/', 'https://signalbox.invalid:8443/', 'https://signalbox.invalid.example/'];
    for (const link of others) {
      const outcome = setUp();
      void outcome.opener.open(link);
      expect(outcome.asked).toEqual([link]);
    }
  });
});

it('One question is open at a time; the next one comes after its answer', async () => {
  const { opener, asked, opened, answer } = setUp();
  const first = opener.open('https://one.example/');
  await expect(opener.open('https://two.example/')).rejects.toMatchObject({ code: 'OVERLOADED' });
  answer(false);
  await first;
  const third = opener.open('https://three.example/');
  answer(true);
  expect(await third).toBe(true);
  expect(asked).toEqual(['https://one.example/', 'https://three.example/']);
  expect(opened).toEqual(['https://three.example/']);
});

it('A system without a browser is said in words', async () => {
  const { opener, answer } = setUp(() => Promise.reject(new Error('xdg-open is missing')));
  const outcome = opener.open('https://one.example/');
  answer(true);
  await expect(outcome).rejects.toMatchObject({ code: 'INTERNAL', message: expect.stringContaining('Copy it') });
});

it('An address is shown whole, on lines that fit a message box', () => {
  const url = readExternalAddress(`https://orders.example/${'a'.repeat(longestAddress - 23)}`);
  const lines = addressLines(url).split('\n');
  expect(lines.join('')).toBe(url.href);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(72);
});
