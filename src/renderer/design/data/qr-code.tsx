import { useMemo } from 'react';
import { encode } from 'uqr';

/** Light modules around the code: a camera needs four to find it (ISO/IEC 18004). */
const quietZone = 4;
/** Dark on light in both schemes and with forced colours: many cameras do not read the reverse. */
const light = '#ffffff';
const dark = '#000000';

/**
 * The dark modules of a text as one path of unit squares, and the side of the whole in modules.
 *
 * @throws Error when the text is longer than a code can hold (about 2,300 bytes)
 */
export function qrPath(text: string): { readonly path: string; readonly side: number } {
  const { data, size } = encode(text, { ecc: 'M', border: quietZone });
  let path = '';
  data.forEach((row, y) => {
    for (let x = 0; x < size; x++) {
      if (row[x] !== true) continue;
      const from = x;
      while (row[x + 1] === true) x++;
      path += `M${from} ${y}h${x - from + 1}v1h-${x - from + 1}z`;
    }
  });
  return { path, side: size };
}

/** A text that a camera reads. */
export function QrCode(props: { readonly text: string; readonly label: string; readonly sizePx?: number }) {
  const { path, side } = useMemo(() => qrPath(props.text), [props.text]);
  const sizePx = props.sizePx ?? 132;
  return (
    <svg
      role="img"
      aria-label={props.label}
      width={sizePx}
      height={sizePx}
      viewBox={`0 0 ${side} ${side}`}
      shapeRendering="crispEdges"
      style={{ flex: 'none', borderRadius: 4, outline: '1px solid var(--sb-line)', forcedColorAdjust: 'none' }}
    >
      <rect width={side} height={side} fill={light} />
      <path d={path} fill={dark} />
    </svg>
  );
}
