/** Text cut into lines of at most `columns` characters, so that one long value still has rows that can be drawn one by one. */
export function wrapText(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    for (let start = 0; start === 0 || start < line.length; start += columns) lines.push(line.slice(start, start + columns));
  }
  return lines;
}
