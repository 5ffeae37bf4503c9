import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { writeFileDurably } from '../node/store/index.ts';
import { UsageError } from './exit-codes.ts';

/** More are not kept; the longest known goes first. */
const maxNodes = 1_000;

const fileSchema = z.object({
  version: z.literal(1),
  nodes: z.record(z.string(), z.object({ pin: z.string().regex(/^[0-9a-f]{64}$/), sinceMs: z.number() })),
});
type KnownNodesFile = z.infer<typeof fileSchema>;

/** Certificates that a person has compared, by host and port: the next connection needs no word about them. */
export class KnownNodes {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  get file(): string {
    return this.#file;
  }

  /** @throws UsageError for a file that is damaged: passing over it would let a changed certificate pass for a first one */
  async pinOf(authority: string): Promise<string | undefined> {
    return (await this.#read()).nodes[authority]?.pin;
  }

  /** @throws UsageError when the file is damaged or cannot be written */
  async remember(authority: string, pin: string): Promise<void> {
    const { nodes } = await this.#read();
    const others = Object.entries(nodes)
      .filter(([name]) => name !== authority)
      .sort(([, a], [, b]) => b.sinceMs - a.sinceMs)
      .slice(0, maxNodes - 1);
    const content: KnownNodesFile = { version: 1, nodes: Object.fromEntries([[authority, { pin, sinceMs: Date.now() }], ...others]) };
    try {
      await mkdir(dirname(this.#file), { recursive: true, mode: 0o700 });
      await writeFileDurably(this.#file, `${JSON.stringify(content, null, 2)}\n`, 0o600);
    } catch (error) {
      throw new UsageError(`${this.#file} cannot be written: ${(error as Error).message}.`);
    }
  }

  async #read(): Promise<KnownNodesFile> {
    let text: string;
    try {
      text = await readFile(this.#file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { version: 1, nodes: {} };
      throw new UsageError(`${this.#file} cannot be read: ${(error as Error).message}.`);
    }
    try {
      return fileSchema.parse(JSON.parse(text));
    } catch {
      throw new UsageError(
        `${this.#file} is damaged. It holds the fingerprints of nodes you have compared; correct it, or move it away and compare them again.`,
      );
    }
  }
}
