/** A bar of 48x4, always beside its number. */
export function Meter(props: { readonly percent: number | null; readonly tone?: 'ok' | 'warn' | 'crit' | 'accent' }) {
  return (
    <div className={`sb-meter ${props.tone ?? ''}`} style={{ width: 48 }} aria-hidden="true">
      <i style={{ width: `${Math.max(0, Math.min(100, props.percent ?? 0))}%` }} />
    </div>
  );
}

/** A 64x16 line without axis, only beside its number. */
export function Sparkline(props: { readonly values: readonly (number | null)[]; readonly color?: string }) {
  const known = props.values.filter((value) => value !== null);
  const high = Math.max(1e-9, ...known);
  const last = Math.max(1, props.values.length - 1);
  let path = '';
  let pen = 'M';
  props.values.forEach((value, index) => {
    if (value === null) {
      pen = 'M';
      return;
    }
    path += `${pen}${((index / last) * 64).toFixed(1)} ${(15 - (value / high) * 14).toFixed(1)}`;
    pen = 'L';
  });
  return (
    <svg width="64" height="16" viewBox="0 0 64 16" aria-hidden="true" style={{ flex: 'none' }}>
      <path d={path} fill="none" stroke={props.color ?? 'var(--sb-s1)'} strokeWidth="1.2" />
    </svg>
  );
}
