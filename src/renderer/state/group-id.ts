/** A long id in groups of four, as people read and compare it. */
export function groupId(id: string): string {
  return id.match(/.{1,4}/g)?.join(' ') ?? id;
}
