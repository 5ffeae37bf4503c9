import type { HeaderPairs } from '../link/types.ts';

/**
 * Headers as the map that the first system has. A name that comes again is joined with a comma, as HTTP allows. `Set-Cookie` alone cannot be
 * joined (RFC 9110 5.3): it goes under another spelling of the same name each time, which HTTP takes for the same.
 */
export function legacyHeaders(pairs: HeaderPairs): Map<string, string> {
  const headers = new Map<string, string>();
  const spellings = new Map<string, string>();
  let cookies = 0;
  for (let index = 0; index + 1 < pairs.length; index += 2) {
    const name = pairs[index] as string;
    const value = pairs[index + 1] as string;
    const lower = name.toLowerCase();
    if (lower === 'set-cookie') {
      headers.set(spelling(lower, cookies++), value);
      continue;
    }
    const known = spellings.get(lower);
    if (known === undefined) {
      spellings.set(lower, name);
      headers.set(name, value);
    } else {
      headers.set(known, `${headers.get(known)}${lower === 'cookie' ? '; ' : ', '}${value}`);
    }
  }
  return headers;
}

/** Pairs of a map, in the order of the map. */
export function pairsOf(headers: ReadonlyMap<string, string>): string[] {
  return [...headers].flat();
}

/** `set-cookie` with the letters in capitals that the bits of `number` tell. */
function spelling(name: string, number: number): string {
  let letter = 0;
  return name.replace(/[a-z]/g, (character) => ((number >> letter++) & 1 ? character.toUpperCase() : character));
}
