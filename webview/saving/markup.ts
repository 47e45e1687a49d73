/** SVG as text. */

/** What lies at 0, 0 of the picture, in CSS pixels of the window. */
export interface Frame {
  readonly left: number;
  readonly top: number;
}

type Attributes = Readonly<Record<string, string | number>>;

/** An element around markup. */
export function element(
  name: string,
  attributes: Attributes,
  parts: readonly string[] = [],
): string {
  const written = Object.entries(attributes)
    .map(
      ([key, value]) => ` ${key}="${typeof value === 'number' ? number(value) : escaped(value)}"`,
    )
    .join('');
  const inside = parts.join('');
  return inside === '' ? `<${name}${written}/>` : `<${name}${written}>${inside}</${name}>`;
}

/** A hundredth of a pixel is finer than any screen. */
export function number(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** Any text as markup. */
export function escaped(text: string): string {
  return (
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      // XML has no way to write the other control characters.
      .replaceAll(/[\0-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
  );
}
