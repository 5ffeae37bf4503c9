import { SignalboxError } from '../../src/common/errors.ts';
import type { Decoder } from './decoders.ts';
import { mutate, randomFrom } from './mutate.ts';

/** An input under which a decoder did what it must not. */
export interface Finding {
  readonly decoder: string;
  readonly input: string;
  readonly fault: string;
}

/**
 * Gives a decoder a number of hostile inputs. It may read them, and then gives the same bytes again; or refuse them with a code.
 *
 * @param seed the same inputs for the same seed
 * @returns the first finding
 */
export function fuzz(decoder: Decoder, seed: number, inputs: number): Finding | undefined {
  const random = randomFrom(seed);
  for (let left = inputs; left > 0; left--) {
    const input = mutate(decoder.good, random);
    const fault = faultOf(decoder, input);
    if (fault !== undefined) return { decoder: decoder.name, input: Buffer.from(input).toString('base64'), fault };
  }
  return undefined;
}

function faultOf(decoder: Decoder, input: Uint8Array): string | undefined {
  try {
    const again = decoder.decode(input);
    return again === undefined || Buffer.compare(again, input) === 0 ? undefined : 'it was read, and written again differently';
  } catch (error) {
    if (error instanceof SignalboxError && error.code !== 'INTERNAL') return undefined;
    return `it threw ${(error as Error)?.stack ?? String(error)}`;
  }
}
