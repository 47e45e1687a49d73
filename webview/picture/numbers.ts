/** How numbers are written: a real minus, fixed decimals so that columns align, a dash for what is not known. */

export const unknown = '—';

/** `digits` decimals. What rounds to zero has no sign; NaN, which stands for "not defined here", is a dash. */
export function fixed(x: number, digits = 3): string {
  if (Number.isNaN(x)) return unknown;
  if (!Number.isFinite(x)) return x < 0 ? '−∞' : '∞';
  const text = Math.abs(x).toFixed(digits);
  return x < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** As `fixed`, with a plus before what is above zero. */
export function fixedWithSign(x: number, digits = 3): string {
  const text = fixed(x, digits);
  return x > 0 && Number(text) !== 0 ? `+${text}` : text;
}

/** A probability in [0, 1] as per cent with three significant digits; below 0.001 % as a power of ten. */
export function percent(p: number): string {
  if (Number.isNaN(p)) return unknown;
  if (p === 0) return '0 %';
  if (p >= 0.99995 && p < 1) return '> 99.99 %';
  if (p >= 0.9995 && p < 1) return `${fixed(p * 100, 2)} %`;
  if (p >= 0.0995) return `${fixed(p * 100, 1)} %`;
  if (p >= 0.00095) return `${fixed(p * 100, 2)} %`;
  if (p >= 0.00001) return `${(p * 100).toFixed(4)} %`;
  return `${powerOfTen(p * 100, 1)} %`;
}

/** Every digit that tells the number from its neighbours, with a real minus. */
export function allDigits(x: number): string {
  return String(x).replaceAll('-', '−');
}

/** `4.2·10⁻⁷`, for numbers too small or large to write out. */
export function powerOfTen(x: number, digits = 0): string {
  if (!Number.isFinite(x) || x === 0) return fixed(x, 0);
  const [mantissa = '', exponent = '0'] = x.toExponential(digits).split('e');
  return `${mantissa.replace('-', '−')}·10${superscript(Number(exponent))}`;
}

/** Whole numbers with the language's separators: 1,350,400. */
export function grouped(n: number, language = document.documentElement.lang || 'en'): string {
  let format = formats.get(language);
  if (format === undefined) {
    format = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
    formats.set(language, format);
  }
  return format.format(n);
}

/** Making one takes a hundred times as long as using it. */
const formats = new Map<string, Intl.NumberFormat>();

/** Two digits for a cell of a matrix: `.42` for a probability, one decimal for a score below 10. */
export function cellDigits(x: number, kind: 'signed' | 'probability'): string {
  if (kind === 'signed') return fixed(x, Math.abs(x) < 9.95 ? 1 : 0);
  return x >= 0.995 ? '1' : fixed(x, 2).slice(1);
}

/** Decimals that show about three significant digits of numbers up to `largest`. */
export function decimalsFor(largest: number): number {
  if (largest >= 100) return 0;
  if (largest >= 10) return 1;
  if (largest >= 1) return 2;
  return largest >= 0.1 ? 3 : 4;
}

/** The next round end for bars of probability, so that a length is linear and its end can be named. */
export function roundEnd(p: number): number {
  return [0.02, 0.05, 0.1, 0.25, 0.5].find((end) => p <= end) ?? 1;
}

/** `[14, 128]` */
export function shapeText(...sizes: readonly number[]): string {
  return `[${sizes.map((size) => grouped(size)).join(', ')}]`;
}

function superscript(n: number): string {
  const digits = '⁰¹²³⁴⁵⁶⁷⁸⁹';
  return String(n).replace(/./g, (sign) => (sign === '-' ? '⁻' : digits.charAt(Number(sign))));
}
