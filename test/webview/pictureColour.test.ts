import assert from 'node:assert/strict';
import {
  inkOn,
  probabilityRamp,
  rampColour,
  rgbOf,
  signedRamp,
  type Rgb,
} from '../../webview/picture/colour';
import { isBeyond, levelOf, probabilityScale, signedScale } from '../../webview/picture/scale';

describe('The colours of the pictures', () => {
  it('start, turn and end at the theme’s own colours', () => {
    const signed = signedRamp('#4a9df8', '#2a2a2a', '#ff9149');
    nearly(rampColour(signed, 0), rgbOf('#4a9df8'), 1);
    nearly(rampColour(signed, 255), rgbOf('#ff9149'), 1);
    // Entry 127 is half a level below zero: at most 1/255 of the way to the end, which is under 2 of 255 per channel.
    nearly(rampColour(signed, 127), rgbOf('#2a2a2a'), 2);
    const probability = probabilityRamp('#2a2a2a', '#7d5cc9', '#f1e8ff');
    nearly(rampColour(probability, 0), rgbOf('#2a2a2a'), 1);
    nearly(rampColour(probability, 255), rgbOf('#f1e8ff'), 1);
  });

  it('mix as a browser mixes in OKLab', () => {
    // What Chromium paints for `color-mix(in oklab, #ffffff, #0000ff 50%)` and so on. 2 of 255: a level is up to 0.4 %
    // off the asked mixture, which is up to one step of a channel, and both sides round.
    const blue = signedRamp('#ffffff', '#ffffff', '#0000ff');
    nearly(rampColour(blue, Math.round(255 * 0.75)), [116, 163, 255], 2);
    const orange = signedRamp('#000000', '#2a2a2a', '#ff9149');
    nearly(rampColour(orange, Math.round(255 * 0.625)), [90, 67, 53], 2);
    const dark = signedRamp('#1566c0', '#f3f3f3', '#000000');
    nearly(rampColour(dark, Math.round(255 * 0.15)), [95, 145, 210], 2);
  });

  it('leave digits readable: the ink has a contrast of at least 4.5 on every level of every theme', () => {
    for (const theme of themes) {
      const ramps = [
        signedRamp(theme.neg, theme.zero, theme.pos),
        probabilityRamp(theme.zero, theme.middle, theme.end),
      ];
      for (const [which, ramp] of ramps.entries()) {
        for (let level = 0; level < 256; level++) {
          const colour = rampColour(ramp, level);
          const ratio = contrast(colour, rgbOf(inkOn(colour)));
          assert.ok(ratio >= 4.5, `${theme.name}, ramp ${which}, level ${level}: ${ratio}`);
        }
      }
    }
  });

  it('refuse what is not a colour rather than guess', () => {
    assert.throws(() => rgbOf('red'), /Not a colour: "red"/);
    assert.deepEqual(rgbOf('#fff'), [255, 255, 255]);
  });
});

describe('The scales of the pictures', () => {
  it('put zero in the middle and the ends at the ends', () => {
    const scale = signedScale([-4, 1, 2]);
    assert.deepEqual([scale.end, scale.top, scale.beyond, scale.of], [4, 4, 0, 3]);
    assert.deepEqual([levelOf(scale, -4), levelOf(scale, 0), levelOf(scale, 4)], [0, 128, 255]);
  });

  it('end at the 98.5th percentile when few numbers dwarf the rest, and say how many lie beyond', () => {
    const values = Float32Array.from({ length: 200 }, (_, i) => (i === 0 ? -36 : (i % 100) / 100));
    const scale = signedScale(values);
    assert.equal(scale.top, 36);
    assert.equal(scale.beyond, values.filter((x) => Math.abs(x) > scale.end).length);
    assert.ok(scale.beyond > 0 && scale.end < 1, JSON.stringify(scale));
    assert.ok(isBeyond(scale, -36) && !isBeyond(scale, scale.end));
  });

  it('find the percentile that sorting finds, in whatever order the numbers stand', () => {
    for (let count = 1; count < 400; count += 7) {
      const values = Float64Array.from({ length: count }, (_, i) => ((i * 7919) % 211) ** 5 - 3);
      const sorted = values.map(Math.abs).sort();
      const { end, top, beyond } = signedScale(
        values.subarray(0, count >> 1),
        values.subarray(count >> 1),
      );
      const near = sorted[Math.floor(count * 0.985)];
      assert.equal(top, sorted.at(-1));
      assert.equal(end, beyond > 0 ? near : top);
    }
  });

  it('keep a scale to its largest number when that is no more than twice the percentile', () => {
    const scale = signedScale(Float32Array.from({ length: 200 }, (_, i) => i / 100));
    assert.equal(scale.beyond, 0);
    assert.equal(scale.end, scale.top);
  });

  it('give all zeros the neutral colour and no numbers an empty scale', () => {
    assert.ok([127, 128].includes(levelOf(signedScale([0, 0]), 0)));
    assert.equal(signedScale([]).of, 0);
  });

  it('place probabilities by their square root', () => {
    assert.deepEqual(
      [0, 0.25, 1].map((p) => levelOf(probabilityScale, p)),
      [0, 128, 255],
    );
  });
});

const themes = [
  {
    name: 'dark',
    neg: '#4a9df8',
    zero: '#2a2a2a',
    pos: '#ff9149',
    middle: '#7d5cc9',
    end: '#f1e8ff',
  },
  {
    name: 'light',
    neg: '#1566c0',
    zero: '#f3f3f3',
    pos: '#c75300',
    middle: '#a98bd9',
    end: '#2c0a5c',
  },
  {
    name: 'hc',
    neg: '#4da6ff',
    zero: '#1f1f1f',
    pos: '#ff9b3d',
    middle: '#8f6df0',
    end: '#ffffff',
  },
  {
    name: 'hc-light',
    neg: '#00459c',
    zero: '#efefef',
    pos: '#8f3a00',
    middle: '#8b66c8',
    end: '#1b003f',
  },
];

function nearly(actual: Rgb, expected: Rgb, tolerance: number): void {
  const gaps = actual.map((x, i) => Math.abs(x - (expected[i] ?? Number.NaN)));
  const largest = Math.max(...gaps);
  assert.ok(
    largest <= tolerance,
    `channel ${gaps.indexOf(largest)} is off by ${largest}: ${actual.join()} for ${expected.join()}`,
  );
}

/** WCAG 2.1 contrast ratio. */
function contrast(a: Rgb, b: Rgb): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((x) =>
    x / 255 <= 0.04045 ? x / 255 / 12.92 : ((x / 255 + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
}
