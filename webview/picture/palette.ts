import { signal } from '@preact/signals-core';

import {
  cssOf,
  inkOn,
  probabilityRamp,
  rampColour,
  signedRamp,
  type Ramp,
  type Rgb,
} from './colour';
import { levelOf, type Scale } from './scale';

/** The theme as the canvases need it: both ramps and the plain colours, read from CSS variables once per theme. */
export interface Palette {
  readonly ramps: { readonly signed: Ramp; readonly probability: Ramp };
  /** CSS colours by the variable's name without dashes in front. */
  readonly colours: Readonly<Record<ColourName, string>>;
  /** Font family for digits in canvases. */
  readonly mono: string;
}

const colourVariables = {
  zero: '--zero',
  neg: '--neg',
  pos: '--pos',
  hatch: '--hatch',
  rule: '--rule',
  strong: '--strong',
  background: '--vscode-editor-background',
  dim: '--vscode-descriptionForeground',
  q: '--q',
  k: '--k',
  v: '--v',
  a: '--a',
  m: '--m',
  r: '--r',
} as const;

export type ColourName = keyof typeof colourVariables;

/** The palette of the document's theme. One document has one theme, so this is one signal; canvases repaint by it. */
export const palette = signal<Palette | undefined>(undefined);

/** Reads the palette now and whenever VS Code changes the theme. Returns the way to stop. */
export function watchTheme(): () => void {
  const read = (): void => {
    palette.value = readPalette();
  };
  read();
  const observer = new MutationObserver(read);
  const attributes = {
    attributes: true,
    attributeFilter: ['class', 'style', 'data-vscode-theme-id'],
  };
  observer.observe(document.body, attributes);
  observer.observe(document.documentElement, attributes);
  return () => {
    observer.disconnect();
  };
}

export function colourOf({ ramps }: Palette, scale: Scale, x: number): Rgb {
  return rampColour(ramps[scale.kind], levelOf(scale, x));
}

/** Background and readable text for an HTML cell; empty before the theme is known. */
export function cellStyle(scale: Scale, x: number): Readonly<Record<string, string>> {
  const theme = palette.value;
  if (!theme) return {};
  const colour = colourOf(theme, scale, x);
  return { background: cssOf(colour), color: inkOn(colour) };
}

function readPalette(): Palette {
  // The theme classes and our variables stand on <body>.
  const style = getComputedStyle(document.body);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  const entries = Object.entries(colourVariables).map(([name, variable]) => [name, read(variable)]);
  return {
    ramps: {
      signed: signedRamp(read('--neg'), read('--zero'), read('--pos')),
      probability: probabilityRamp(read('--zero'), read('--prob-mid'), read('--prob-end')),
    },
    colours: Object.fromEntries(entries) as Record<ColourName, string>,
    mono: read('--vscode-editor-font-family') || 'monospace',
  };
}
