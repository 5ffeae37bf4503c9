/** A join code with where to join, as one text: copied, mailed, or read by a camera. */

export interface JoinText {
  /** As it was read out; whether it is one is for the node to say. */
  readonly code: string;
  /** `HOST:PORT`, the likeliest first. */
  readonly addresses: readonly string[];
}

/** The code, then one address a line. */
export function joinText({ code, addresses }: JoinText): string {
  return [code, ...addresses].join('\n');
}

/** The parts of such a text; undefined when it has but one line, which is a code or an address alone. */
export function parseJoinText(text: string): JoinText | undefined {
  const [code, ...addresses] = text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return code === undefined || addresses.length === 0 ? undefined : { code, addresses };
}
