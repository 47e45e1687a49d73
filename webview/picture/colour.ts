/**
 * Colour as arithmetic: OKLab mixing, the two ramps as tables of 256, and the ink that can be read on a colour.
 * OKLab: B. Ottosson, "A perceptual color space for image processing", 2020; its matrices are used as published.
 */
export type Rgb = readonly [red: number, green: number, blue: number];
type Lab = readonly [lightness: number, a: number, b: number];

/** 256 colours, 3 bytes each. */
export type Ramp = Uint8Array;

export const rampLength = 256;

/** Blue − · neutral 0 · orange +; entry 127.5 would be zero, so that both signs have 128 entries. */
export function signedRamp(negative: string, zero: string, positive: string): Ramp {
  const [from, middle, to] = [labOf(negative), labOf(zero), labOf(positive)];
  return ramp((t) => (t < 0.5 ? mix(from, middle, t * 2) : mix(middle, to, t * 2 - 1)));
}

/** Neutral → violet → extreme. The bend at 0.55 gives the violet the room in which most weights lie. */
export function probabilityRamp(zero: string, middle: string, end: string): Ramp {
  const [from, over, to] = [labOf(zero), labOf(middle), labOf(end)];
  const bend = 0.55;
  return ramp((t) =>
    t < bend ? mix(from, over, t / bend) : mix(over, to, (t - bend) / (1 - bend)),
  );
}

export function rampColour(table: Ramp, level: number): Rgb {
  const i = level * 3;
  return [table[i] ?? 0, table[i + 1] ?? 0, table[i + 2] ?? 0];
}

export function cssOf([red, green, blue]: Rgb): string {
  return `rgb(${red} ${green} ${blue})`;
}

/** Black or white, whichever has the higher WCAG contrast on the colour (they are equal at luminance 0.179). */
export function inkOn([red, green, blue]: Rgb): '#000' | '#fff' {
  const luminance =
    0.2126 * linear(red / 255) + 0.7152 * linear(green / 255) + 0.0722 * linear(blue / 255);
  return luminance > 0.179 ? '#000' : '#fff';
}

/** `#rgb` or `#rrggbb`. Throws for anything else: our own theme variables are written so. */
export function rgbOf(hex: string): Rgb {
  const short = /^#([\da-f])([\da-f])([\da-f])$/i.exec(hex);
  const digits = short
    ? `#${short
        .slice(1)
        .map((x) => x + x)
        .join('')}`
    : hex;
  const found = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(digits);
  if (!found) throw new Error(`Not a colour: "${hex}"`);
  return [
    Number.parseInt(found[1] ?? '', 16),
    Number.parseInt(found[2] ?? '', 16),
    Number.parseInt(found[3] ?? '', 16),
  ];
}

function ramp(colourAt: (t: number) => Lab): Ramp {
  const table = new Uint8Array(rampLength * 3);
  for (let i = 0; i < rampLength; i++) table.set(fromLab(colourAt(i / (rampLength - 1))), i * 3);
  return table;
}

function mix(from: Lab, to: Lab, t: number): Lab {
  return [
    from[0] + (to[0] - from[0]) * t,
    from[1] + (to[1] - from[1]) * t,
    from[2] + (to[2] - from[2]) * t,
  ];
}

function labOf(hex: string): Lab {
  const [red, green, blue] = rgbOf(hex);
  const [r, g, b] = [linear(red / 255), linear(green / 255), linear(blue / 255)];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function fromLab([lightness, a, b]: Lab): Rgb {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    byte(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    byte(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    byte(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

/** sRGB transfer function and its inverse, IEC 61966-2-1. */
function linear(s: number): number {
  return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
}

function byte(l: number): number {
  const x = Math.min(1, Math.max(0, l));
  return Math.round(255 * (x <= 0.0031308 ? 12.92 * x : 1.055 * x ** (1 / 2.4) - 0.055));
}
