/** Reading what a person typed into a settings field. */

export interface Allowed {
  readonly from: number;
  readonly to: number;
  readonly whole?: boolean;
}

/** The number, or undefined when it is none or not allowed. A decimal comma is understood. */
export function numberIn(typed: string, { from, to, whole }: Allowed): number | undefined {
  const text = typed.trim().replace(',', '.');
  const value = Number(text);
  if (text === '' || !Number.isFinite(value) || value < from || value > to) return undefined;
  return whole && !Number.isInteger(value) ? undefined : value;
}

/** Stop strings as one line: separated by spaces, with `\s`, `\n`, `\t` and `\\` for what cannot be typed there. */
export function writeStops(stops: readonly string[]): string {
  return stops
    .map((stop) => stop.replace(/[\\ \n\r\t]/g, (character) => escapes.get(character) ?? ''))
    .join(' ');
}

/** The inverse of `writeStops`; empty parts are left out. */
export function readStops(typed: string): string[] {
  return typed
    .split(' ')
    .filter((part) => part !== '')
    .map((part) => part.replace(/\\([\\snrt])/g, (_, letter: string) => letters.get(letter) ?? ''));
}

const escapes = new Map([
  ['\\', '\\\\'],
  [' ', '\\s'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);
const letters = new Map([
  ['\\', '\\'],
  ['s', ' '],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);
