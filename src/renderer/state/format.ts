/** Numbers and times as look.md sections 3 and 11 write them. */

/** `14,021` */
export function formatCount(value: number): string {
  return Math.round(value).toLocaleString('en');
}

/** `412` from ten on, `3.4` below, `0` for nothing and next to nothing. */
export function formatRate(perSecond: number): string {
  if (perSecond >= 10) return formatCount(perSecond);
  return perSecond < 0.05 ? '0' : perSecond.toFixed(1);
}

/** `2.1 KB`, `6.2 MB`; powers of 1,024. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** `38 ms`, `4.2 s`, `3 min`, `21 d 4 h`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1_000) return `${durationMs < 10 && durationMs % 1 !== 0 ? durationMs.toFixed(1) : Math.round(durationMs)} ms`;
  const seconds = durationMs / 1_000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** `14 s`, `2 min 14 s`: how old something is. */
export function formatAge(ageMs: number): string {
  const seconds = Math.max(0, Math.round(ageMs / 1_000));
  return seconds < 60 ? `${seconds} s` : seconds < 3_600 ? `${Math.floor(seconds / 60)} min ${seconds % 60} s` : formatDuration(ageMs);
}

/** `12:01:03`, with milliseconds in a live view; the date when it is not today. */
export function formatTime(timestampMs: number, options: { readonly milliseconds?: boolean } = {}): string {
  const date = new Date(timestampMs);
  const time = date.toLocaleTimeString('en-GB', { hour12: false });
  const exact = options.milliseconds === true ? `${time}.${String(date.getMilliseconds()).padStart(3, '0')}` : time;
  return date.toDateString() === new Date().toDateString() ? exact : `${date.toLocaleDateString('en-CA')} ${exact}`;
}

/** `12:01`: hour and minute, for the ends of a range. */
export function formatClock(timestampMs: number): string {
  return new Date(timestampMs).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}
