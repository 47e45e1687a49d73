/** Texts of a saved picture, where they stand on screen and in their font. */
import { element, escaped, type Frame } from './markup';

interface Line {
  readonly text: string;
  readonly box: DOMRect;
}

/** One `<text>` for each line that a text node takes. */
export function textsSvg(node: Text, frame: Frame): string {
  const parent = node.parentElement;
  if (parent === null || node.data.trim() === '') return '';
  const style = getComputedStyle(parent);
  if (style.visibility === 'hidden') return '';
  const isUpright = style.writingMode === 'horizontal-tb';
  return linesOf(node, isUpright ? 'top' : 'left')
    .map((line) => (isUpright ? across(line, style, frame) : along(line, parent, frame)))
    .join('');
}

function fontOf(style: CSSStyleDeclaration) {
  return {
    'font-family': style.fontFamily,
    'font-size': style.fontSize,
    'font-weight': style.fontWeight,
    'font-style':
      style.getPropertyValue('text-transform') === 'math-auto' ? 'italic' : style.fontStyle,
    fill: style.color,
    'xml:space': 'preserve',
  };
}

function across({ text, box }: Line, style: CSSStyleDeclaration, frame: Frame): string {
  const place = { x: box.left - frame.left, y: box.top - frame.top + ascentOf(style) };
  return element('text', { ...place, ...fontOf(style) }, [escaped(text)]);
}

/** Vertical writing: read from below when it is turned round, as column headings are. */
function along({ text, box }: Line, parent: Element, frame: Frame): string {
  const style = getComputedStyle(parent);
  const isTurned = turnedRound(parent);
  const x = (box.left + box.right) / 2 - frame.left;
  const y = (isTurned ? box.bottom : box.top) - frame.top;
  const transform = `translate(${x} ${y}) rotate(${isTurned ? -90 : 90})`;
  const middle = { 'dominant-baseline': 'central' };
  return element('text', { transform, ...middle, ...fontOf(style) }, [escaped(text)]);
}

/** Whether vertical writing is turned round, by itself or with what it stands in. */
function turnedRound(element: Element): boolean {
  for (let one: Element | null = element; one !== null; one = one.parentElement) {
    const { writingMode, transform } = getComputedStyle(one);
    if (writingMode === 'horizontal-tb') return false;
    if (transform.startsWith('matrix(-1')) return true;
  }
  return false;
}

/** Cuts a text where the page breaks its lines. */
function linesOf(node: Text, edge: 'top' | 'left'): readonly Line[] {
  const range = document.createRange();
  range.selectNodeContents(node);
  const [first, ...more] = range.getClientRects();
  if (first === undefined) return [];
  if (more.length === 0) return [{ text: collapsed(node), box: first }];
  const lines: { text: string; box: DOMRect }[] = [];
  let offset = 0;
  for (const character of node.data) {
    range.setStart(node, offset);
    range.setEnd(node, (offset += character.length));
    const box = range.getClientRects()[0];
    if (box === undefined || box.width + box.height === 0) continue;
    const last = lines.at(-1);
    if (last && Math.abs(last.box[edge] - box[edge]) < 2) last.text += character;
    else lines.push({ text: character, box });
  }
  return lines;
}

/** White space as the page shows it. */
function collapsed(node: Text): string {
  const keeps =
    node.parentElement && getComputedStyle(node.parentElement).whiteSpace.startsWith('pre');
  return keeps === true ? node.data : node.data.replaceAll(/\s+/g, ' ').trim();
}

const ascents = new Map<string, number>();
let ruler: CanvasRenderingContext2D | null | undefined;

/** From the top of a line's box to its baseline. */
function ascentOf({ fontStyle, fontWeight, fontSize, fontFamily }: CSSStyleDeclaration): number {
  const font = `${fontStyle} ${fontWeight} ${fontSize} ${fontFamily}`;
  const known = ascents.get(font);
  if (known !== undefined) return known;
  ruler ??= document.createElement('canvas').getContext('2d');
  if (!ruler) return Number.parseFloat(fontSize);
  ruler.font = font;
  const ascent = ruler.measureText('x').fontBoundingBoxAscent;
  ascents.set(font, ascent);
  return ascent;
}
