import { createReadStream } from 'node:fs';
import type { ExportReport } from './export-report.ts';
import { mostLineBytes } from './lines.ts';
import { type ChainPlace, LineVerifier } from './verify-lines.ts';

/** A file that was checked. */
export interface VerifiedFile {
  readonly report: ExportReport;
  /** What a file that goes on with the chain has to follow. */
  readonly place: ChainPlace | undefined;
}

/**
 * Checks an exported file of any size with little memory.
 *
 * @param before where the file before this one ended, for a chain in parts
 * @param onProgress told the bytes read so far
 * @throws NodeJS.ErrnoException when the file cannot be read
 */
export async function verifyFile(file: string, before?: ChainPlace, onProgress?: (bytes: number) => void): Promise<VerifiedFile> {
  return verifyBytes(createReadStream(file, { highWaterMark: 262_144 }), before, onProgress);
}

/** The same for bytes from anywhere, for example standard input. */
export async function verifyBytes(
  source: AsyncIterable<Uint8Array>,
  before?: ChainPlace,
  onProgress?: (bytes: number) => void,
): Promise<VerifiedFile> {
  const verifier = new LineVerifier(before);
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let rest: Buffer = Buffer.alloc(0);
  let read = 0;
  const take = (bytes: Buffer): boolean => {
    let text: string;
    try {
      text = decoder.decode(bytes);
    } catch {
      verifier.unreadable('The line is not UTF-8.');
      return false;
    }
    return verifier.add(text);
  };
  checking: for await (const chunk of source) {
    read += chunk.length;
    onProgress?.(read);
    let bytes = Buffer.concat([rest, chunk]);
    for (let end = bytes.indexOf(0x0a); end !== -1; end = bytes.indexOf(0x0a)) {
      if (!take(bytes.subarray(0, end))) break checking;
      bytes = bytes.subarray(end + 1);
    }
    rest = bytes;
    if (rest.length > mostLineBytes) {
      verifier.unreadable(`The line is longer than ${mostLineBytes} bytes.`);
      break;
    }
  }
  if (rest.length > 0) verifier.unreadable('The last line does not end with a line feed: something is missing.');
  return { report: verifier.finish(), place: verifier.place };
}
