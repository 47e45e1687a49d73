/** Numbers as people read them, in the person's language. Values stay exact everywhere else. */
import type { Language } from '../l10n';

/** Grouped by the language's rules: 1,350,400. */
export function grouped(value: number, language: Language): string {
  return new Intl.NumberFormat(language).format(value);
}

/** Fixed decimals with a real minus sign, so that columns align and negatives are seen. */
export function fixed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  const isNegative = text.startsWith('-');
  const isZero = Number(text) === 0;
  return isNegative ? `${isZero ? '' : '−'}${text.slice(1)}` : text;
}

/** A probability in [0, 1] as a percentage; what rounds to 0.00 % is written as a power of ten, since it is not 0. */
export function percent(probability: number): string {
  if (probability > 0 && probability < 0.00005) {
    const exponent = Math.floor(Math.log10(probability));
    const lead = (probability / 10 ** exponent).toFixed(1);
    return `${lead}·10${superscript(exponent + 2)} %`;
  }
  return `${(probability * 100).toFixed(2)} %`;
}

/** Bytes in the unit that keeps one to three digits before the point. */
export function byteSize(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? String(value) : value.toFixed(1)} ${units[unit] ?? ''}`;
}

function superscript(exponent: number): string {
  const digits = '⁰¹²³⁴⁵⁶⁷⁸⁹';
  const sign = exponent < 0 ? '⁻' : '';
  return (
    sign + String(Math.abs(exponent)).replaceAll(/\d/g, (digit) => digits[Number(digit)] ?? '')
  );
}
