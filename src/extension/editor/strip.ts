/**
 * A vector as a strip of coloured cells, as a picture that decorations and hovers can show. Each cell is one value:
 * blue below zero, orange above, neutral at zero, full colour at the end of the scale and beyond.
 */
import { barsPng } from './png';

export interface StripStyle {
  readonly negative: Colour;
  readonly zero: Colour;
  readonly positive: Colour;
}

/** sRGB, each channel in [0, 255]. */
export type Colour = readonly [number, number, number];

/** The colours of the Inspector's signed scale, one set for each kind of theme. */
export const stripStyles = {
  dark: { negative: [0x4a, 0x9d, 0xf8], zero: [0x2a, 0x2a, 0x2a], positive: [0xff, 0x91, 0x49] },
  light: { negative: [0x15, 0x66, 0xc0], zero: [0xf3, 0xf3, 0xf3], positive: [0xc7, 0x53, 0x00] },
  highContrast: {
    negative: [0x4d, 0xa6, 0xff],
    zero: [0x1f, 0x1f, 0x1f],
    positive: [0xff, 0x9b, 0x3d],
  },
  highContrastLight: {
    negative: [0x00, 0x45, 0x9c],
    zero: [0xef, 0xef, 0xef],
    positive: [0x8f, 0x3a, 0x00],
  },
} as const satisfies Record<string, StripStyle>;

export type StripTheme = keyof typeof stripStyles;

export interface StripSize {
  readonly cellWidth: number;
  readonly height: number;
}

/** A picture as a data URI; `end` is the value at which a cell has its full colour. */
export function stripUri(
  values: Float32Array,
  scale: { readonly end: number; readonly theme: StripTheme },
  size: StripSize,
): string {
  const style = stripStyles[scale.theme];
  const colours = Array.from(values, (value) => cellColour(value / scale.end, style));
  return `data:image/png;base64,${barsPng(colours, size).toString('base64')}`;
}

/** Colour of a value as a share of the scale's end; mixed in OKLab so that equal steps look equal. */
export function cellColour(share: number, style: StripStyle): Colour {
  const end = share < 0 ? style.negative : style.positive;
  const amount = Math.min(1, Math.abs(share));
  const from = toOklab(style.zero);
  const to = toOklab(end);
  return fromOklab([
    from[0] + (to[0] - from[0]) * amount,
    from[1] + (to[1] - from[1]) * amount,
    from[2] + (to[2] - from[2]) * amount,
  ]);
}

/** The magnitude below which `share` of the values lie: the scale's end, so that a few large ones do not pale the rest. */
export function scaleEnd(values: Float32Array, share = 0.985): number {
  const magnitudes = values.map(Math.abs).sort();
  const end = magnitudes[Math.floor(share * (magnitudes.length - 1))] ?? 0;
  return end > 0 ? end : 1;
}

/** Björn Ottosson, "A perceptual color space for image processing" (2020). */
function toOklab(colour: Colour): Colour {
  const [r, g, b] = [linear(colour[0]), linear(colour[1]), linear(colour[2])];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function fromOklab([lightness, a, b]: Colour): Colour {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    encoded(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    encoded(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    encoded(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

function linear(channel: number): number {
  const value = channel / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function encoded(value: number): number {
  const channel = value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055;
  return Math.round(Math.min(1, Math.max(0, channel)) * 255);
}
