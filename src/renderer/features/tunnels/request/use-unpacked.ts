import { useEffect, useState } from 'react';
import { bytesOf } from '../../../../common/bytes.ts';
import { type CapturedBody, type HeaderList, packedWithOf, type UnpackedBody } from '../../../../common/http-exchange/index.ts';
import { unpack } from '../model/unpack.ts';

/** How far the unpacking of a body has come. */
export interface Unpacking {
  readonly state: 'working' | 'unsupported' | 'damaged' | UnpackedBody['end'];
  readonly body?: UnpackedBody;
}

/** What is in a packed body; undefined: it is not packed. One that grows is unpacked anew, and what was in it stays until then. */
export function useUnpacked({ base64 }: CapturedBody, headers: HeaderList): Unpacking | undefined {
  const encodings = packedWithOf(headers).join(',');
  const [unpacking, setUnpacking] = useState<Unpacking>({ state: 'working' });
  useEffect(() => {
    if (encodings === '') return undefined;
    let isWanted = true;
    void unpack(bytesOf(base64), encodings.split(',')).then((result) => {
      if (isWanted) setUnpacking(typeof result === 'string' ? { state: result } : { state: result.end, body: result });
    });
    return () => {
      isWanted = false;
    };
  }, [base64, encodings]);
  return encodings === '' ? undefined : unpacking;
}
