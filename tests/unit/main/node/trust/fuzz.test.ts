import { expect, test } from 'vitest';
import { decoders } from '../../../../fuzz/decoders.ts';
import { fuzz } from '../../../../fuzz/run.ts';

test.each(decoders.map((decoder) => [decoder.name, decoder] as const))(
  'hostile inputs get an error with a code, a good one is read: %s',
  (_, decoder) => {
    decoder.decode(decoder.good);
    expect(fuzz(decoder, 1, 1_000)).toBeUndefined();
  },
);
